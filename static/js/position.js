// The position question: from the phone, the map, a photo, or typed. The readable text is the answer; the hidden parts
// (numbers, accuracy, source) go with it as long as the text still shows them. The only survey field that scripts know.

import { formatPosition, readPosition } from "./coordinates.js";
import { POOR_M, quality, watch } from "./fixes.js";
import { text } from "./texts.js";

export function start() {
  for (const block of document.querySelectorAll("[data-position]")) {
    const input = block.querySelector('input[name="position"]');
    locateOnPress(block);
    input.addEventListener("input", (event) => { if (event.isTrusted) chosen(block); });
    input.addEventListener("change", () => readTyped(block, input));
    block.querySelector("[data-open-map]").addEventListener("click", () => toggleMap(block));
    for (const button of block.querySelectorAll("[data-use-position], [data-swap]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        input.value = button.dataset.usePosition;
        readTyped(block, input);
      });
    }
    document.addEventListener("samruat:use-position", (event) => { chosen(block); put(block, { ...event.detail, source: "photo" }); });
  }
}

/** The position as it stands in a block, or null. */
export function current(block) {
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => parseFloat(block?.querySelector(`[data-part="${name}"]`)?.value));
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null;
}

function chosen(block) {
  block.dispatchEvent(new CustomEvent("samruat:chosen"));
}

function put(block, { latitude, longitude, accuracy = "", source }) {
  const parts = { latitude: latitude.toFixed(6), longitude: longitude.toFixed(6), position_accuracy_m: accuracy === "" ? "" : Math.round(accuracy * 10) / 10, position_source: source };
  for (const [name, value] of Object.entries(parts)) {
    const control = block.querySelector(`[data-part="${name}"]`);
    if (control) control.value = value;
  }
  const input = block.querySelector('input[name="position"]');
  input.value = formatPosition(Number(parts.latitude), Number(parts.longitude));
  input.removeAttribute("aria-invalid");
  block.querySelector(".error")?.remove();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  document.dispatchEvent(new CustomEvent("samruat:position", { detail: { latitude, longitude } }));
  lookUpArea(block, input.value);
}

function say(block, kind, sentence) {
  const line = block.querySelector("[data-accuracy]");
  line.className = `accuracy ${kind}`;
  line.textContent = sentence;
}

function locateOnPress(block) {
  const button = block.querySelector("[data-locate]");
  const label = button.querySelector("[data-locate-text]");
  let stop = null;
  const finish = () => { stop?.(); stop = null; label.textContent = text("locateAgain"); };
  block.addEventListener("samruat:chosen", () => { if (stop) finish(); }); // what a person typed or pinned is not overwritten
  button.addEventListener("click", () => {
    if (stop) { finish(); return; }
    say(block, "searching", text("locating"));
    label.textContent = text("locateStop");
    stop = watch(
      ({ coords }, done) => {
        put(block, { latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy, source: "device" });
        const kind = quality(coords.accuracy);
        say(block, kind, text(kind, Math.round(coords.accuracy)));
        if (done) finish();
      },
      (why) => { say(block, "failed", text(why)); finish(); },
    );
  });
  window.addEventListener("pagehide", () => stop?.());
}

function readTyped(block, input) {
  const swap = block.querySelector("[data-swap]");
  swap.hidden = true;
  if (!input.value.trim()) {
    for (const part of block.querySelectorAll("[data-part]")) part.value = "";
    say(block, "", "");
    return;
  }
  try {
    put(block, readPosition(input.value));
    say(block, "", "");
  } catch (error) {
    say(block, "failed", text(error.code?.replace(/_(\w)/g, (_, c) => c.toUpperCase()), error.position) || text("positionUnreadable"));
    if (error.position) {
      swap.hidden = false;
      swap.dataset.usePosition = swap.textContent = error.position;
    }
  }
}

/** Asks the server which area the position lies in and what is wrong with it; without a network the server does it later. */
async function lookUpArea(block, shown) {
  try {
    const answer = await fetch(`${block.dataset.at}?q=${encodeURIComponent(shown)}`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (block.querySelector('input[name="position"]').value !== shown) return; // moved on meanwhile
    if (found.ok) document.dispatchEvent(new CustomEvent("samruat:area", { detail: found }));
    else if (found.errors?.latitude) say(block, "failed", found.errors.latitude.message);
  } catch { /* no network */ }
}

async function toggleMap(block) {
  const holder = block.querySelector("[data-map]");
  holder.hidden = !holder.hidden;
  if (holder.hidden) return;
  const { pick } = await import("./map.js");
  pick(holder, { tiles: block.dataset.tiles, attribution: block.dataset.attribution, outlines: block.dataset.outlines, home: JSON.parse(block.dataset.home || "null") }, current(block),
    (latitude, longitude, accuracy) => {
      chosen(block);
      put(block, { latitude, longitude, accuracy, source: "map" });
      if (accuracy > POOR_M) say(block, "fair", text("zoomIn", Math.round(accuracy).toLocaleString()));
      else say(block, "", "");
    });
  holder.scrollIntoView({ block: "center" });
}
