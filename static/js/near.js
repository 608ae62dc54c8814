// Known sites without a network: nearest first when the position is known, or by words; each with its cameras and what to do there.

import { watch } from "./fixes.js";
import { camerasOf, nearby, packageInfo, refresh, search } from "./package.js";
import { ago } from "./drafts.js";
import { conditionOf } from "./shell.js";
import { listen, mine } from "./store.js";
import { text } from "./texts.js";

const REACH_M = 5_000;

export async function start() {
  const page = document.querySelector("[data-near-list]");
  const who = await mine();
  if (!who) return;
  const { db } = who;
  let place = null;
  const words = page.querySelector('input[type="search"]');
  const look = async () => {
    const found = words.value.trim() ? await search(db, words.value) : place ? await nearby(db, place.latitude, place.longitude, REACH_M) : await search(db, "", 30);
    await showSites(page, db, found);
  };
  page.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); look(); });
  words.addEventListener("input", look);
  page.querySelector("[data-find-near]").addEventListener("click", () => {
    const line = page.querySelector("[data-near-state]");
    line.textContent = text("locating");
    const stop = watch(({ coords }, done) => { place = coords; words.value = ""; line.textContent = text("nearFound", Math.round(coords.accuracy)); look(); if (done) stop?.(); }, (why) => { line.textContent = text(why); });
    window.addEventListener("pagehide", () => stop?.());
  });
  page.querySelector("[data-refresh]").addEventListener("click", async (event) => {
    event.target.closest("button").disabled = true;
    await refresh(true).catch(() => {});
    event.target.closest("button").disabled = false;
    await showAge(page, db);
    look();
  });
  listen((what) => { if (what === "package") { showAge(page, db); look(); } });
  await showAge(page, db);
  await look();
}

/** How old the work package is and how large. */
async function showAge(page, db) {
  const info = await packageInfo(db);
  page.querySelector("[data-package]").textContent = info?.at ? text("packageAge", info.sites ?? 0, ago(info.at), size(info.size)) : text("noPackage");
}

/** A number of bytes as people read it. */
export const size = (bytes) => (bytes < 1_000_000 ? text("kilobytes", Math.max(1, Math.round(bytes / 1000))) : text("megabytes", (bytes / 1_000_000).toFixed(1)));

async function showSites(page, db, found) {
  const list = page.querySelector("[data-sites]");
  const rows = [];
  for (const { site, metres, own } of found) {
    const row = document.getElementById("site-row").content.firstElementChild.cloneNode(true);
    row.querySelector("b").textContent = site.answers.install_point ?? "–";
    row.querySelector("small").textContent = [metres === undefined ? "" : metres < 1000 ? text("metres", Math.round(metres)) : text("kilometres", (metres / 1000).toFixed(1)), own || site.waits ? text("waits") : ""].filter(Boolean).join(" · ");
    row.querySelector('[data-link="site"]').href = `/sites/${site.id}`;
    row.querySelector('[data-link="add"]').href = `/sites/${site.id}/cameras/new`;
    for (const camera of await camerasOf(db, site.id)) row.querySelector("[data-cameras]").append(cameraRow(camera));
    rows.push(row);
  }
  list.replaceChildren(...rows);
  page.querySelector("[data-none]").hidden = rows.length > 0;
}

/** One camera with its condition and the way to its status update. */
export function cameraRow(camera) {
  const row = document.getElementById("camera-row").content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = camera.answers.label ?? text("camera");
  row.querySelector("[data-condition-here]").replaceWith(conditionOf(camera.answers.status));
  row.querySelector('[data-link="status"]').href = `/cameras/${camera.id}/status`;
  return row;
}
