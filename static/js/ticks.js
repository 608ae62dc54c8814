// Small things of pages for administrators: tick all rows of a table, print the page.

export function start() {
  document.querySelector("[data-check-all]")?.addEventListener("change", (event) => {
    for (const box of event.target.closest("form").querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
  });
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
}
