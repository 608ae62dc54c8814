// Photos of a form: taken or picked, shown at once, sent one after another with progress, each with kind, caption, blur and remove.
// What the phone says about its position at the shutter goes beside the photo, apart from what the photo's EXIF says.

import { open as openBlur } from "./blur.js";
import { distance, watch } from "./fixes.js";
import { current } from "./position.js";
import { digest, prepare } from "./shrink.js";
import { text } from "./texts.js";

const FAR_M = 200;
let number = 1000; // above the indexes that the server gave
let queue = Promise.resolve();

export function start() {
  for (const block of document.querySelectorAll("[data-photos]")) {
    if (!globalThis.crypto?.subtle) { // not a secure context: the plain file field still works
      for (const part of block.querySelectorAll(".no-js")) part.classList.remove("no-js");
      block.querySelector(".photo-buttons").remove();
      continue;
    }
    block.querySelector("[data-plain-files]").remove();
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
    queue = queue.then(() => send(block, card, file)).catch((error) => fail(card, error.message));
  }
}

const live = (block) => [...block.querySelectorAll("[data-card]")].filter((c) => !c.querySelector("[data-remove]").checked);

function makeCard(block, file, fix, atShutter) {
  const card = document.getElementById("photo-card").content.firstElementChild.cloneNode(true);
  for (const control of card.querySelectorAll("[name]")) control.name = control.name.replace("photos-N-", `photos-${number}-`);
  number += 1;
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

function wire(block, card, file) {
  const remove = card.querySelector("[data-remove]");
  remove.addEventListener("change", () => { card.classList.toggle("gone", remove.checked); count(block); });
  card.classList.toggle("gone", remove.checked);
  card.querySelector("[data-retry]").addEventListener("click", () => { card.dataset.sending = "yes"; queue = queue.then(() => send(block, card, file)).catch((error) => fail(card, error.message)); });
  card.querySelector("[data-blur]").addEventListener("click", () => openBlur(card.querySelector("img"), card.querySelector('[data-photo="blur"]'), largeView(block, card)));
}

const largeView = (block, card) => (card.dataset.sha256 ? `${block.dataset.sent}${card.dataset.sha256}/view.jpg` : card.querySelector("img").src);

async function send(block, card, file) {
  if (card.querySelector("[data-remove]").checked) { delete card.dataset.sending; changed(); return; }
  card.querySelector("[data-retry]").hidden = true;
  const bytes = await prepare(file);
  const sha256 = await digest(bytes);
  const answer = await put(`${block.dataset.upload}${sha256}`, bytes, file.type, (part) => {
    card.querySelector("[data-upload-progress]").value = part;
    state(card, text("uploading", Math.round(part * 100)));
  });
  card.dataset.sha256 = sha256;
  card.querySelector('[data-photo="sha256"]').value = sha256;
  card.querySelector("[data-upload-progress]").hidden = true;
  state(card, text(answer.flags.includes("damaged") ? "damaged" : "received"), answer.flags.includes("damaged"));
  if (answer.shown) card.querySelector("img").src = `${block.dataset.sent}${sha256}/thumb.jpg`;
  showClaims(card, answer.exif);
  delete card.dataset.sending;
  changed();
}

/** Uploads bytes; resolves with the receipt. XMLHttpRequest, since fetch reports no progress of an upload. */
function put(address, bytes, type, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf"]').content);
    request.setRequestHeader("Content-Type", type || "application/octet-stream");
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onload = () => ((request.status === 200 || request.status === 201) && request.response?.ok ? resolve(request.response) : reject(new Error(request.response?.message ?? "")));
    request.onerror = request.ontimeout = () => reject(new Error(""));
    request.timeout = 120_000;
    request.send(bytes);
  });
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

function fail(card, reason) {
  delete card.dataset.sending;
  card.querySelector("[data-retry]").hidden = false;
  state(card, reason || text("failed"), true);
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
