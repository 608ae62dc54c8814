// Buttons that copy the text of another element to the clipboard, or print the page.

export function start() {
  for (const button of document.querySelectorAll("[data-copy]:not([data-copies])")) {
    button.dataset.copies = "";
    button.addEventListener("click", () => copy(button));
  }
  for (const button of document.querySelectorAll("[data-print]:not([data-prints])")) {
    button.dataset.prints = "";
    button.addEventListener("click", () => globalThis.print());
  }
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  const said = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(said);
  } catch { // no permission, or no secure context: the old way
    source.select?.();
    document.execCommand("copy");
  }
  const done = document.querySelector(button.dataset.done);
  if (done) done.hidden = false;
}
