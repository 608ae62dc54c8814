// Suggestions from the register while a name is typed; without a network the field is a plain text field.

export function start() {
  for (const input of document.querySelectorAll("[data-suggest]")) {
    let timer;
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => offer(input), 250); });
    input.addEventListener("focus", () => offer(input), { once: true });
  }
}

async function offer(input) {
  const several = "several" in input.dataset;
  const before = several ? input.value.slice(0, input.value.lastIndexOf(",") + 1) : "";
  const typed = input.value.slice(before.length).trim();
  const address = new URL(input.dataset.suggest, location.href);
  address.searchParams.set("q", typed);
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { names } = await answer.json();
    input.list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: before ? `${before} ${name}` : name })));
  } catch { /* no network */ }
}
