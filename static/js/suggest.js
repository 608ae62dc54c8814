// Suggestions from the register while a name is typed; without a network those names of it that this phone knows.

import { mine } from "./store.js";

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
  const names = (await fromServer(input, typed)) ?? (await fromPhone(typed));
  input.list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: before ? `${before} ${name}` : name })));
}

/** Names that the server offers, or null without a network. */
async function fromServer(input, typed) {
  const address = new URL(input.dataset.suggest, location.href);
  address.searchParams.set("q", typed);
  try {
    if (navigator.onLine === false) return null;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).names : null;
  } catch {
    return null;
  }
}

async function fromPhone(typed) {
  const who = await mine().catch(() => null);
  return who && typed ? (await import("./package.js")).agenciesLike(who.db, typed) : [];
}
