// A file that goes out, with a bar: how many of its rows (or photos) have come. What is too large for the page's memory goes the browser's own way.

import { text } from "./texts.js";

const MOST_ROWS = 250_000; // about 200 MB; beyond it the browser downloads by itself, as it does without scripts
const MOST_PHOTOS = 1000;
const PART = 8 * 1024 * 1024; // bytes that are gathered before the browser may put them aside
const ENDS = { csv: [13, 10], geojson: [10], photos: [0x50, 0x4b, 3, 4] }; // what stands once for each row (CSV: and for the headings) or photo
const SHOWN_MS = 150;

/** Counts how often a sequence of bytes has come, however it is cut into pieces. */
export function counter(sequence) {
  let met = 0, count = 0;
  return (bytes) => {
    for (const byte of bytes) {
      met = byte === sequence[met] ? met + 1 : byte === sequence[0] ? 1 : 0;
      if (met === sequence.length) { count += 1; met = 0; }
    }
    return count;
  };
}

/** Rows (or photos) of a format that have come, by what `counter` has counted. */
export const rowsCome = (what, count, total) => Math.max(0, Math.min(total, what === "csv" ? count - 1 : count));

export function start() {
  const form = document.querySelector("[data-export]");
  if (!("body" in Response.prototype)) return; // a browser that cannot read along
  const block = document.querySelector("[data-export-progress]");
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const what = button?.value.split("-")[0];
    if (!what || block.dataset.busy) { if (what) event.preventDefault(); return; }
    if (Number(button.dataset.rows) > (what === "photos" ? MOST_PHOTOS : MOST_ROWS)) { say(block, "exportLarge"); return; }
    event.preventDefault();
    take(form, button, what, block);
  });
}

function say(block, title, figures = "") {
  block.hidden = false;
  block.querySelector("[data-title]").textContent = text(title) || title; // a refusal is a sentence already
  block.querySelector("[data-figures]").textContent = figures;
  block.querySelector("progress").hidden = block.querySelector("[data-cancel]").hidden = !block.dataset.busy;
}

async function take(form, button, what, block) {
  const stop = new AbortController();
  const cancel = () => stop.abort();
  block.dataset.busy = "yes";
  block.querySelector("[data-cancel]").addEventListener("click", cancel);
  block.querySelector("progress").removeAttribute("value");
  say(block, "exportMaking");
  block.scrollIntoView({ block: "nearest" });
  let end = ["exportBroken"];
  try {
    const body = new FormData(form);
    body.set(button.name, button.value); // FormData's own second argument is too new
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
    if (!answer.ok) { end = await refused(answer, form, button); return; }
    const { blob, figures } = await read(answer, what, block);
    save(blob, nameOf(answer));
    end = ["exportSaved", figures];
  } catch {
    if (stop.signal.aborted) end = ["exportCancelled"];
  } finally {
    delete block.dataset.busy;
    block.querySelector("[data-cancel]").removeEventListener("click", cancel);
    say(block, ...end);
  }
}

async function read(answer, what, block) {
  const bar = block.querySelector("progress");
  const total = Number(answer.headers.get("X-Rows"));
  const size = Number(answer.headers.get("Content-Length"));
  const counted = ENDS[what] && counter(ENDS[what]);
  let held = [], weight = 0, bytes = 0, count = 0, shown = 0;
  const parts = [];
  const figures = () => {
    if (!counted) return text("exportBytes", (bytes / 1e6).toFixed(1));
    return text(what === "photos" ? "exportPhotos" : "exportRows", rowsCome(what, count, total).toLocaleString(), total.toLocaleString());
  };
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
    bytes += value.length;
    weight += value.length;
    if (counted) count = counted(value);
    if (weight > PART) { parts.push(new Blob(held)); held = []; weight = 0; }
    if (performance.now() - shown > SHOWN_MS) {
      shown = performance.now();
      bar.max = (counted ? total : size) || 1;
      bar.value = counted ? rowsCome(what, count, total) : bytes;
      say(block, "exportGoing", figures());
    }
  }
  return { blob: new Blob([...parts, ...held], { type: answer.headers.get("Content-Type") }), figures: figures() };
}

/** What a refusal says; where the password or a fresh token is asked for, the form goes the plain way to the page that asks. */
async function refused(answer, form, button) {
  const said = await answer.json().catch(() => null);
  if (said?.error && !["confirm_password", "login_needed", "csrf", "http"].includes(said.error)) return [said.message];
  const held = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  form.append(held);
  form.submit();
  held.remove();
  return ["exportMaking"];
}

function nameOf(answer) {
  const said = answer.headers.get("Content-Disposition") ?? "";
  const marked = /filename\*=UTF-8''([^;]+)/.exec(said);
  return marked ? decodeURIComponent(marked[1]) : (/filename="?([^";]+)/.exec(said)?.[1] ?? "samruat");
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
