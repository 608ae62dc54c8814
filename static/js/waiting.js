// The waiting list: what this phone still owes, what was received, and drafts; send now, go on, take out, hand over as a file.

import { ago, discard } from "./drafts.js";
import { size } from "./near.js";
import { drain, isOwed } from "./outbox.js";
import { here, items, keep, listen, storeOf, tell } from "./store.js";
import { text } from "./texts.js";

export async function start() {
  const page = document.querySelector("[data-waiting-list]");
  const user = await here();
  if (!user) return;
  const db = await storeOf(user.uid);
  const show = inTurn(() => showAll(page, db));
  listen((what) => { if (what === "outbox" || what === "drafts") show(); });
  setInterval(show, 30_000);
  page.querySelector("[data-send-now]").addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    button.disabled = true;
    const line = page.querySelector("[data-sending-state]");
    line.textContent = text("sendingNow");
    const outcome = await drain({ now: true, wait: true }).catch(() => ({ state: "waiting" }));
    line.textContent = text({ done: "allSent", waiting: "stillWaiting", login: "loginFirst", other: "otherPerson", disabled: "accountOff", busy: "sendingNow" }[outcome.state] ?? "stillWaiting");
    button.disabled = false;
    show();
  });
  page.querySelector("[data-export]").addEventListener("click", async () => {
    const { exportUnsent } = await import("./handover.js");
    await exportUnsent(db, user);
  });
  const persisted = await navigator.storage?.persisted?.().catch(() => null);
  if (typeof persisted === "boolean") page.querySelector("[data-storage]").textContent = text(persisted ? "persisted" : "notPersisted");
  page.querySelector("[data-no-background]").hidden = "SyncManager" in window;
  const kept = new URL(location.href).searchParams.get("kept");
  if (kept) await welcome(page, db, kept);
  await show();
}

/** After "save" without a network: it is safe here, and this is what to do next. */
async function welcome(page, db, id) {
  const item = await db.get("outbox", id);
  const panel = page.querySelector("[data-kept]");
  if (!item) return;
  panel.hidden = false;
  panel.querySelector("b").textContent = item.label;
  const site = item.kind === "site" ? item.record_id : item.kind === "camera" ? item.parent : null;
  const add = panel.querySelector('[data-link="add"]');
  add.hidden = !site;
  if (site) add.href = `/sites/${site}/cameras/new`;
}

/** Runs `work` one call at a time; calls that come meanwhile become one more run, and all resolve after the last. */
function inTurn(work) {
  let running = null, again = false;
  const run = async () => {
    try {
      do { again = false; await work(); } while (again);
    } finally { running = null; }
  };
  return () => {
    again = true;
    return (running ??= run());
  };
}

async function showAll(page, db) {
  const all = (await items(db)).reverse();
  const owed = all.filter(isOwed), received = all.filter((i) => !isOwed(i)).slice(0, 100);
  const session = await db.get("meta", "session_state");
  await fillList(page.querySelector("[data-owed]"), owed, (item) => makeRow(db, item), (row, item) => fillRow(db, row, item, session));
  await fillList(page.querySelector("[data-received]"), received, (item) => makeRow(db, item), (row, item) => fillRow(db, row, item, session));
  const drafts = (await db.getAll("drafts")).sort((a, b) => b.changed_at - a.changed_at);
  await fillList(page.querySelector("[data-drafts]"), drafts, (draft) => makeDraftRow(db, draft), (row, draft) => fillDraftRow(db, row, draft));
  page.querySelector("[data-owed-count]").textContent = owed.length;
  page.querySelector("[data-draft-count]").textContent = drafts.length;
  for (const part of page.querySelectorAll("[data-when-owed]")) part.hidden = !owed.length;
  page.querySelector("[data-nothing]").hidden = owed.length > 0;
  page.querySelector("[data-received-part]").hidden = !received.length;
  page.querySelector("[data-drafts-part]").hidden = !drafts.length;
}

/** Shows entries as rows. A row stays the same element while its entry is listed: a tap that began on it must not be lost. */
export async function fillList(list, entries, make, fill) {
  const before = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = await Promise.all(entries.map(async (entry) => {
    const row = before.get(entry.id) ?? make(entry);
    row.dataset.key = entry.id;
    await fill(row, entry);
    return row;
  }));
  const wanted = new Set(rows);
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  rows.forEach((row, at) => { if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null); });
}

/** The state of an item as [name of a sentence, values, icon]. */
export function stateOf(item, session) {
  const sent = item.photos.filter((p) => p.sent).length;
  if (item.attention) return ["stateAttention", [item.reason?.message || text("refusedPlain")], "attention"];
  if (item.state === "queued") return session === "login" ? ["stateLogin", [], "login"] : session === "disabled" ? ["stateDisabled", [], "attention"] : ["stateWaiting", [], "waiting"];
  if (isOwed(item)) return ["statePhotos", [sent, item.photos.length, item.receipt?.receipt_no ?? ""], "waiting"];
  if (item.receipt?.conflicts?.length) return ["stateConflict", [item.receipt.receipt_no], "conflict"];
  return [item.state === "verified" ? "stateVerified" : "stateReceived", [item.receipt?.receipt_no ?? ""], "received"];
}

function makeRow(db, item) {
  const element = document.getElementById("waiting-row").content.firstElementChild.cloneNode(true);
  element.querySelector("[data-take-out]").addEventListener("click", () => takeOut(db, item.id));
  return element;
}

async function fillRow(db, element, item, session) {
  const [name, values, kind] = stateOf(item, session);
  if (element.className !== `flat ${kind}`) element.className = `flat ${kind}`;
  say(element, "kind", text(`kind${item.kind[0].toUpperCase()}${item.kind.slice(1)}`));
  say(element, "label", item.label || "–");
  say(element, "item-state", text(name, ...values));
  const tried = isOwed(item) && item.last_try ? text("tried", ago(item.last_try), next(item)) : "";
  say(element, "about", [clock(item.queued_at), size(item.size), tried].filter(Boolean).join(" · "));
  await showThumb(db, element, item.photos[0]?.sha256);
  const edit = element.querySelector("[data-edit]");
  edit.hidden = item.kind === "update" || !item.fields || item.state === "verified";
  edit.href = `${item.path.split("?")[0]}?edit=${item.id}`;
  element.querySelector("[data-take-out]").hidden = !isOwed(item);
}

/** Writes words into a part of a row, if they are not there already: a row that says the same costs no layout. */
function say(element, part, words) {
  const place = element.querySelector(`[data-${part}]`);
  if (place.textContent !== words) place.textContent = words;
}

const next = (item) => (item.attention ? text("nextByHand") : text("nextIn", Math.max(1, Math.ceil((item.next_try - Date.now()) / 1000))));

const clocks = new Map(); // making one costs far more than asking it, and a list asks for hundreds of times

/** A time of this phone as people read it: today by the clock, else with the day. */
function clock(time) {
  const when = new Date(time), today = new Date().toDateString() === when.toDateString();
  if (!clocks.has(today)) clocks.set(today, new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "th-TH", today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" }));
  return clocks.get(today).format(when);
}

async function showThumb(db, element, sha256) {
  const picture = element.querySelector("img");
  if (picture.dataset.shows === (sha256 ?? "")) return;
  picture.dataset.shows = sha256 ?? "";
  const thumb = sha256 && (await db.get("thumbs", sha256));
  picture.hidden = !thumb?.bytes;
  if (!thumb?.bytes) return;
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  picture.src = URL.createObjectURL(new Blob([thumb.bytes], { type: "image/jpeg" }));
}

/** Only a person takes an unsent item out, only after being asked, and together with what builds on it and would never arrive without it. */
async function takeOut(db, id) {
  const item = await db.get("outbox", id);
  if (!item || !isOwed(item)) return; // received meanwhile
  const received = item.state !== "queued";
  const together = received ? [item] : [item, ...buildingOn(item, await items(db))];
  const name = item.label || text(`kind${item.kind[0].toUpperCase()}${item.kind.slice(1)}`);
  if (!window.confirm(received ? text("takeOutPhotos", name) : text(together.length > 1 ? "takeOutAll" : "takeOut", name, together.length - 1))) return;
  await keep(db, ["outbox"], async (store) => { for (const one of together) await store("outbox").delete(one.id); });
  tell("outbox");
}

/** The unsent items that mean nothing without this one: later edits of its record, and what hangs on the record. */
function buildingOn(item, all) {
  const found = [], records = new Set([item.record_id]);
  for (const other of all) {
    if (other.order <= item.order || !isOwed(other) || !(records.has(other.record_id) || records.has(other.parent))) continue;
    found.push(other);
    records.add(other.record_id);
  }
  return found;
}

function makeDraftRow(db, draft) {
  const element = document.getElementById("draft-row").content.firstElementChild.cloneNode(true);
  element.querySelector("[data-go-on]").href = `${draft.path}?draft=${draft.id}`;
  element.querySelector("[data-discard]").addEventListener("click", () => {
    if (window.confirm(text("discardDraft", element.querySelector("[data-label]").textContent))) discard(db, draft.id);
  });
  return element;
}

async function fillDraftRow(db, element, draft) {
  say(element, "kind", text(`kind${draft.kind[0].toUpperCase()}${draft.kind.slice(1)}`));
  say(element, "label", draft.label || "–");
  say(element, "about", [ago(draft.changed_at), text("photoTotal", draft.photos.length)].join(" · "));
  const open = draft.missing.filter(Boolean);
  say(element, "missing", open.length ? text("missing", open.join(", ")) : draft.missing.length ? text("missing", text("positionWord")) : text("readyToSave"));
  await showThumb(db, element, draft.photos[0]);
}
