// Known sites without a network: nearest first when the position is known, or by words; each with its cameras and what to do there.

import { watch } from "./fixes.js";
import { camerasOf, nearby, ownWork, packageInfo, refresh, search } from "./package.js";
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
  let place = null, turn = 0;
  const words = page.querySelector('input[type="search"]');
  const look = async () => {
    const mine = (turn += 1);
    const found = words.value.trim() ? await search(db, words.value) : place ? await nearby(db, place.latitude, place.longitude, REACH_M) : await search(db, "", 30);
    if (mine === turn) await showSites(page, db, found, () => mine === turn);
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

/** Shows the sites with their cameras, unless something newer is looked for meanwhile. */
async function showSites(page, db, found, isWanted) {
  const own = await ownWork(db);
  const cameras = await Promise.all(found.map(({ site }) => camerasOf(db, site.id, own)));
  if (!isWanted()) return;
  const rows = found.map(({ site, metres, own: waits }, at) => {
    const row = document.getElementById("site-row").content.firstElementChild.cloneNode(true);
    row.querySelector("b").textContent = site.answers.install_point ?? "–";
    row.querySelector("small").textContent = [metres === undefined ? "" : metres < 1000 ? text("metres", Math.round(metres)) : text("kilometres", (metres / 1000).toFixed(1)), waits || site.waits ? text("waits") : ""].filter(Boolean).join(" · ");
    row.querySelector('[data-link="site"]').href = `/sites/${site.id}`;
    row.querySelector('[data-link="add"]').href = `/sites/${site.id}/cameras/new`;
    row.querySelector("[data-cameras]").append(...cameras[at].map(cameraRow));
    return row;
  });
  page.querySelector("[data-sites]").replaceChildren(...rows);
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
