// Drafts: every change of a form is on this phone within half a second, photos at once, until the form is saved or thrown away.

import { collect, missing, restore, snapshot } from "./answers.js";
import { items, keep, storeOf, tell } from "./store.js";
import { text } from "./texts.js";

const SOON = 400; // ms after the last keystroke

/** Lets the photos take part, once their scripts are here; puts those of a restored draft back. */
export async function withPhotos(draft, photos) {
  await photos.restorePhotos(draft.form, draft.cards, draft.db);
  draft.photos = photos;
}

/** Starts keeping the drafts of a form; restores the one that the address names. Resolves when a keystroke would be kept. */
export async function keepDrafts(form, user) {
  const db = await storeOf(user.uid);
  const address = new URL(location.href).searchParams;
  const draft = { id: address.get("draft") || crypto.randomUUID(), db, form, base: collect(form), touched: false, cards: [], photos: null, uid: user.uid };
  const stored = address.has("draft") ? await db.get("drafts", draft.id) : null;
  if (address.has("kept")) document.querySelector("[data-kept-before]")?.removeAttribute("hidden");
  const waiting = address.has("edit") ? await db.get("outbox", address.get("edit")) : null;
  if (stored) await putBack(form, draft, stored);
  else if (waiting) await openWaiting(form, draft, waiting);
  else await offerOlder(form, db);
  let timer = null, writing = Promise.resolve(), closed = false;
  const write = () => {
    clearTimeout(timer);
    timer = null;
    if (!draft.touched || closed) return writing;
    draft.touched = false;
    writing = writing.then(() => (closed ? null : save(draft))).catch((error) => {
      draft.touched = true;
      say(form, error.code === "quota" ? "full" : "notKept", true);
    });
    return writing;
  };
  const changed = () => { draft.touched = true; timer ??= setTimeout(write, SOON); };
  form.addEventListener("input", changed);
  form.addEventListener("change", () => { draft.touched = true; write(); }); // an answer is finished: nothing to wait for
  document.addEventListener("samruat:photos", () => { draft.touched = true; write(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") write(); });
  window.addEventListener("pagehide", write);
  window.addEventListener("pageshow", write); // what could not be written when this page was left
  draft.flush = write;
  draft.close = async () => { closed = true; clearTimeout(timer); await writing; };
  draft.reopen = () => { closed = false; };
  return draft;
}

async function save(draft) {
  const { form } = draft;
  const db = await storeOf(draft.uid); // iPhones drop connections in the background
  const photos = draft.photos ? draft.photos.photoStates(form) : draft.cards;
  const record = {
    id: draft.id, v: 1, kind: form.dataset.form, path: location.pathname, fields: snapshot(form), photos: photos.map((p) => p.sha256).filter(Boolean), cards: photos,
    label: labelOf(form), base: draft.base, base_rev: form.elements.base_rev?.value ?? "", base_epoch: form.dataset.epoch ?? "", missing: missing(form),
    edit_of: form.dataset.editOf ?? null, mode: form.dataset.mode, changed_at: Date.now(),
  };
  const replaced = photos.map((p) => p.replaced).filter(Boolean);
  await keep(db, ["drafts", "outbox", "photos", "thumbs"], async (store) => {
    await store("drafts").put(record);
    if (replaced.length) await removeUnless(store, replaced);
  });
  say(form, "kept");
  tell("drafts");
}

/** What a list calls the form: its first answered text, or which camera of its site it is, or its heading. */
export function labelOf(form) {
  const first = [...form.querySelectorAll('[data-rule] input:not([type=radio], [type=checkbox], [type=hidden])')].find((c) => c.value.trim() && !c.disabled);
  const number = document.querySelector("[data-camera-number]")?.textContent;
  return form.dataset.label || first?.value.trim() || (number ? text("cameraNumbered", number) : document.querySelector("h1")?.textContent.trim()) || "";
}

async function putBack(form, draft, stored) {
  restore(form, stored.fields);
  draft.cards = stored.cards ?? [];
  if (stored.base) draft.base = within(form, stored.base);
  if (stored.base_epoch) form.dataset.epoch = stored.base_epoch;
  if (stored.edit_of) form.dataset.editOf = stored.edit_of;
  if (stored.mode) form.dataset.mode = stored.mode;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  say(form, "restored");
}

/** An item of the waiting list is opened again: what is changed now goes as a second message that names the first. */
async function openWaiting(form, draft, asked) {
  const item = (await items(draft.db)).filter((i) => i.record_id === asked.record_id && i.op === "save" && i.fields).at(-1) ?? asked;
  restore(form, item.fields);
  draft.cards = (item.cards ?? []).filter((c) => !c.remove).map((c) => ({ ...c, stored: true }));
  form.elements.record_id.value = item.record_id;
  Object.assign(form.dataset, { mode: "again", editOf: item.id });
  if (item.site) form.dataset.site = item.site;
  draft.base = within(form, item.answers);
}

/** What this form can know of earlier answers: a question that it does not ask must not count as cleared. */
function within(form, base) {
  const names = new Set([...form.querySelectorAll("[data-question], [data-part]")].map((part) => part.dataset.question ?? part.name));
  return Object.fromEntries(Object.entries(base).filter(([name]) => names.has(name) || name === "not_known"));
}

/** A newer visit to the same form finds what was left unfinished, and may go on with it. */
async function offerOlder(form, db) {
  if (form.dataset.form === "update" || new URL(location.href).searchParams.has("edit")) return;
  const drafts = (await db.getAll("drafts")).filter((d) => d.path === location.pathname).sort((a, b) => b.changed_at - a.changed_at);
  const line = document.querySelector("[data-older-draft]");
  if (!drafts.length || !line) return;
  line.hidden = false;
  line.querySelector("span").textContent = text("olderDraft", drafts[0].label, ago(drafts[0].changed_at));
  line.querySelector("a").href = `${location.pathname}?draft=${drafts[0].id}`;
}

/** How long ago a time (ms) was, in words. */
export function ago(time, now = Date.now()) {
  const minutes = Math.max(0, Math.round((now - time) / 60_000));
  if (minutes < 1) return text("justNow");
  if (minutes < 60) return text("minutesAgo", minutes);
  return minutes < 48 * 60 ? text("hoursAgo", Math.round(minutes / 60)) : text("daysAgo", Math.round(minutes / 1440));
}

function say(form, name, bad = false) {
  const line = form.querySelector("[data-draft-state]");
  if (!line) return;
  line.textContent = text(name);
  line.classList.toggle("failed", bad);
}

/** Throws a draft away; its photos go too, unless something else needs them. */
export async function discard(db, id) {
  await keep(db, ["drafts", "outbox", "photos", "thumbs"], async (store) => {
    const draft = await store("drafts").get(id);
    if (!draft) return;
    await store("drafts").delete(id);
    await removeUnless(store, draft.photos);
  });
  tell("drafts");
}

/** Removes photos, but none that a draft or an item of the outbox names; `store` is of a transaction over all four. */
async function removeUnless(store, photos) {
  const needed = new Set([...(await store("drafts").getAll()).flatMap((d) => d.photos), ...(await store("outbox").getAll()).flatMap((i) => i.photos.map((p) => p.sha256))]);
  for (const sha256 of photos) if (!needed.has(sha256)) { await store("photos").delete(sha256); await store("thumbs").delete(sha256); }
}
