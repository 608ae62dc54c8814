// Photos of a form: taken or picked, shrunk and kept on this phone at once, each with kind, caption, blur and remove. The outbox
// sends them. What the phone says about its position at the shutter goes beside the photo, apart from what the photo's EXIF says.

import { open as openBlur } from "./blur.js";
import { distance, watch } from "./fixes.js";
import { current } from "./position.js";
import { drop, keepAsItCame, keepSmaller } from "./photo-store.js";
import { typeOf } from "./shrink.js";
import { errorText, text } from "./texts.js";

const FAR_M = 200;
const LARGEST = 8 * 1024 * 1024; // bytes that the server takes
let number = 1000; // above the indexes that the server gave
const turns = { keep: Promise.resolve(), shrink: Promise.resolve() }; // each a queue: one photo in memory at a time
let owner = null; // whose form this is

/** Without a place to keep photos on this phone the plain file field is offered instead. */
export function startPlain() {
  for (const block of document.querySelectorAll("[data-photos]")) {
    for (const part of block.querySelectorAll(".no-js")) part.classList.remove("no-js");
    block.querySelector(".photo-buttons").remove();
  }
}

/** Makes the photo parts of the page work; what is taken is kept in the person's own store. */
export async function startPhotos(user) {
  owner = user.uid;
  for (const block of document.querySelectorAll("[data-photos]")) {
    block.querySelector("[data-plain-files]")?.closest(".no-js").remove();
    const shutter = watchAtShutter(block.querySelector("[data-take]"));
    for (const input of block.querySelectorAll("[data-take], [data-pick]")) {
      input.addEventListener("change", () => { add(block, [...input.files], input.matches("[data-take]"), shutter); input.value = ""; });
    }
    for (const card of block.querySelectorAll("[data-card]")) wire(block, card, null);
    count(block);
  }
}

/** Watches the position from the moment the camera is opened; returns a function that gives the best fix so far. */
function watchAtShutter(input) {
  let fix = null, stop = null;
  input.addEventListener("click", () => { stop?.(); fix = null; stop = watch((found) => { fix = found; }, () => {}); });
  return () => { stop?.(); stop = null; return fix; };
}

function add(block, files, atShutter, shutter) {
  const fix = atShutter ? shutter() : null;
  for (const file of files) {
    if (live(block).length >= Number(block.dataset.limit)) { note(block, text("tooMany", block.dataset.limit)); return; }
    const card = makeCard(block, file, fix, atShutter);
    hold(card, file);
  }
}

const live = (block) => [...block.querySelectorAll("[data-card]")].filter((c) => !c.querySelector("[data-remove]").checked);

function makeCard(block, file, fix, atShutter) {
  const card = emptyCard(block);
  card.dataset.sending = "yes";
  const set = (part, value) => { card.querySelector(`[data-photo="${part}"]`).value = value; };
  if (fix) { set("latitude", fix.coords.latitude.toFixed(6)); set("longitude", fix.coords.longitude.toFixed(6)); set("accuracy_m", Math.round(fix.coords.accuracy)); }
  if (atShutter) set("taken_at", new Date().toISOString()); // of a picked file only the EXIF knows
  card.querySelector("img").src = URL.createObjectURL(file);
  state(card, text("shrinking"));
  block.querySelector("[data-cards]").append(card);
  wire(block, card, file);
  count(block);
  return card;
}

function emptyCard(block) {
  const card = document.getElementById("photo-card").content.firstElementChild.cloneNode(true);
  for (const control of card.querySelectorAll("[name]")) control.name = control.name.replace("photos-N-", `photos-${number}-`);
  number += 1;
  block.querySelector("[data-cards]").append(card);
  return card;
}

function wire(block, card, file) {
  const remove = card.querySelector("[data-remove]");
  if ("stored" in card.dataset) noteKnown(card);
  remove.addEventListener("change", () => { card.classList.toggle("gone", remove.checked); count(block); });
  card.classList.toggle("gone", remove.checked);
  card.querySelector("[data-retry]").addEventListener("click", () => { card.dataset.sending = "yes"; hold(card, file); });
  card.querySelector("[data-blur]").addEventListener("click", () => openBlur(card.querySelector("img"), card.querySelector('[data-photo="blur"]'), largeView(block, card)));
}

const largeView = (block, card) => (card.dataset.stored ? `${block.dataset.sent}${card.dataset.sha256}/view.jpg` : card.querySelector("img").src);

/** Keeps a photo as it came, at once; from then on it survives whatever happens to this page. Then it is made smaller, in its turn. */
function hold(card, file) {
  card.querySelector("[data-retry]").hidden = true;
  turns.keep = turns.keep.then(async () => {
    if (!isWanted(card)) return settled(card);
    const bytes = new Uint8Array(await file.arrayBuffer()); // read at once: Android can withdraw a picked file later
    const type = typeOf(bytes);
    if (!bytes.length) throw Object.assign(new Error(), { code: "photo_empty" });
    if (!type) throw Object.assign(new Error(), { code: "photo_type" });
    name(card, await keepAsItCame(owner, bytes, type));
    state(card, text("keptHere"));
    changed();
    return shrink(card);
  }).catch((error) => fail(card, error));
}

/** Makes the smaller copy that is sent, with a small one for lists; the draft names it before the original goes. */
function shrink(card) {
  turns.shrink = turns.shrink.then(async () => {
    if (!isWanted(card)) return settled(card);
    const before = card.dataset.sha256;
    const { sha256, bytes, undecoded } = await keepSmaller(owner, before);
    if (sha256 !== before) {
      name(card, sha256);
      card.dataset.replaced = before;
    }
    if (bytes.length > LARGEST) {
      await drop(owner, sha256);
      delete card.dataset.sha256;
      throw Object.assign(new Error(), { code: "photo_too_large", params: { limit: "8 MB" } });
    }
    card.querySelector("[data-upload-progress]").hidden = true;
    state(card, text(undecoded ? "damaged" : "keptHere"), undecoded);
    settled(card);
    const exif = await claims(bytes);
    if (exif) showClaims(card, exif);
  }).catch((error) => fail(card, error));
}

const isWanted = (card) => !card.querySelector("[data-remove]").checked;

function name(card, sha256) {
  card.dataset.sha256 = sha256;
  card.querySelector('[data-photo="sha256"]').value = sha256;
}

function settled(card) {
  delete card.dataset.sending;
  changed();
}

/** The position in the photo's EXIF, or null. Read on the phone, so that a photo of another place is noticed without a network. */
async function claims(bytes) {
  try {
    const { gps } = await import("./exif-position.js");
    return await gps(bytes);
  } catch {
    return null; // damaged metadata never loses a photo; the server reads it once more
  }
}

/** What the form says of each photo, for a draft: the same parts that a message has, and whether the server has it already. */
export function photoStates(form) {
  return [...form.querySelectorAll("[data-card]")].map((card) => {
    const part = (name) => card.querySelector(`[data-photo="${name}"]`).value;
    return {
      sha256: card.dataset.sha256 ?? "", stored: "stored" in card.dataset, kind: card.querySelector("select").value, caption: card.querySelector('input[name$="-caption"]').value,
      latitude: part("latitude"), longitude: part("longitude"), accuracy_m: part("accuracy_m"), taken_at: part("taken_at"), blur: part("blur"),
      remove: card.querySelector("[data-remove]").checked, known: card.dataset.known ?? "", replaced: card.dataset.replaced ?? "",
    };
  }).filter((photo) => photo.sha256);
}

/** The photos part of a message: what is new, what was changed and what is removed of the photos that the record has. */
export function photoChanges(form) {
  const add = [], change = [], remove = [];
  const kept = new Set(photoStates(form).filter((photo) => !photo.remove).map((photo) => photo.sha256));
  for (const card of form.querySelectorAll("[data-card]")) {
    const { sha256, stored, remove: gone, known, replaced: _, ...said } = photoStates({ querySelectorAll: () => [card] })[0] ?? {};
    if (!sha256 || (gone && (!stored || kept.has(sha256))) || (!stored && card.closest("[hidden]"))) continue; // of a restricted place none is sent
    said.blur = JSON.parse(said.blur || "[]");
    const parts = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
    const asKnown = JSON.stringify([said.kind, said.caption, said.blur]);
    if (gone) remove.push({ sha256 });
    else if (!stored) add.push({ sha256, ...parts });
    else if (known !== asKnown) change.push({ sha256, kind: said.kind, caption: said.caption, blur: said.blur });
  }
  return { add, change, remove };
}

/** Puts the photos of a draft back, with their small copies from this phone. */
export async function restorePhotos(form, cards, db) {
  const block = form.querySelector("[data-photos]");
  if (!block) return;
  for (const said of cards) {
    let card = [...block.querySelectorAll("[data-card]")].find((c) => c.dataset.sha256 === said.sha256);
    const isNew = !card;
    if (isNew) {
      card = emptyCard(block);
      card.dataset.sha256 = said.sha256;
      if (said.stored) card.dataset.stored = "";
      card.querySelector("[data-upload-progress]").hidden = true;
      const thumb = await db.get("thumbs", said.sha256);
      if (thumb?.bytes) card.querySelector("img").src = URL.createObjectURL(new Blob([thumb.bytes], { type: "image/jpeg" }));
      state(card, text("keptHere"));
      if (thumb?.raw) card.dataset.sending = "yes"; // the page was closed before it was made smaller
    }
    for (const part of ["sha256", "latitude", "longitude", "accuracy_m", "taken_at", "blur"]) card.querySelector(`[data-photo="${part}"]`).value = said[part] ?? "";
    card.querySelector("select").value = said.kind;
    card.querySelector('input[name$="-caption"]').value = said.caption;
    card.querySelector("[data-remove]").checked = said.remove;
    if (isNew) wire(block, card, null);
    if (isNew && card.dataset.sending) shrink(card);
    if (said.known) card.dataset.known = said.known;
  }
  count(block);
}

/** Marks the photos of a form as known to its record: they have been sent with it, and "back" must not add them again. */
export function markStored(form) {
  for (const card of form.querySelectorAll("[data-card]")) {
    if (!card.dataset.sha256) continue;
    card.dataset.stored = "";
    noteKnown(card);
  }
}

function noteKnown(card) {
  card.dataset.known = JSON.stringify([card.querySelector("select").value, card.querySelector('input[name$="-caption"]').value, JSON.parse(card.querySelector('[data-photo="blur"]').value || "[]")]);
}

/** Resolves when no photo is being prepared any more; false when one could not be kept and is still wanted. */
export async function photosSettled(form) {
  while (form.querySelector("[data-card][data-sending]")) {
    const waiting = form.querySelector("[data-card][data-sending] [data-state]");
    waiting.textContent = text("waitPhotos");
    await new Promise((resolve) => document.addEventListener("samruat:photos", resolve, { once: true }));
  }
  const failed = [...form.querySelectorAll("[data-card]")].find((c) => !c.dataset.sha256 && !c.querySelector("[data-remove]").checked);
  if (!failed) return true;
  failed.scrollIntoView({ block: "center" });
  failed.querySelector("[data-state]").textContent = text("unsentPhoto");
  failed.querySelector("[data-retry]").focus();
  return false;
}

/** The position that the photo claims: offered for the record, and a warning when it is far from the phone's or the record's. */
function showClaims(card, exif) {
  if (exif?.latitude === undefined) return;
  const button = card.querySelector("[data-use-exif]");
  button.hidden = !document.querySelector("[data-position]");
  button.onclick = () => document.dispatchEvent(new CustomEvent("samruat:use-position", { detail: { latitude: exif.latitude, longitude: exif.longitude } }));
  const phone = [...["latitude", "longitude"]].map((part) => parseFloat(card.querySelector(`[data-photo="${part}"]`).value));
  const record = current(document.querySelector("[data-position]"));
  warn(card, "farPhone", exif, { latitude: phone[0], longitude: phone[1] }) || warn(card, "farRecord", exif, record);
  document.addEventListener("samruat:position", (event) => warn(card, "farRecord", exif, event.detail));
}

function warn(card, sentence, one, other) {
  const apart = other ? distance(one.latitude, one.longitude, other.latitude, other.longitude) : NaN;
  const far = apart > FAR_M;
  const line = card.querySelector("[data-far]");
  line.hidden = !far;
  if (far) line.querySelector("span").textContent = text(sentence, apart < 10_000 ? text("metres", Math.round(apart).toLocaleString()) : text("kilometres", Math.round(apart / 1000).toLocaleString()));
  return far;
}

function fail(card, error) {
  delete card.dataset.sending;
  card.querySelector("[data-retry]").hidden = false;
  const sentence = error.code === "quota" ? text("full") : error.code ? errorText(error.code, error.params) : text(error.name === "NotReadableError" || error.name === "NotFoundError" ? "fileGone" : "failed");
  state(card, sentence, true);
  changed();
}

function state(card, sentence, failed = false) {
  const line = card.querySelector("[data-state]");
  line.textContent = sentence;
  line.classList.toggle("failed", failed);
}

function note(block, sentence) {
  block.querySelector("[data-photo-count]").textContent = sentence;
}

function count(block) {
  note(block, text("photoTotal", live(block).length));
}

function changed() {
  document.dispatchEvent(new CustomEvent("samruat:photos"));
}
