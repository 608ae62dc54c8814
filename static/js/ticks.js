// Tick all rows of a table with one box.

export function start() {
  document.querySelector("[data-check-all]")?.addEventListener("change", (event) => {
    for (const box of event.target.closest("form").querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
  });
}
