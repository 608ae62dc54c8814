// A list that is being brought in: how far the work is, and where its rows lie on a map.

import { drawOutlines, loadLeaflet } from "./map.js";
import { text } from "./texts.js";

const THAILAND = [[5.5, 97.3], [20.5, 105.7]];
const AGAIN_MS = 1000;
const COLOURS = { error: "#b3121a", skipped: "#6b6b6b" }; // the others are good
const GOOD = "#0a7a3c";

export function start() {
  const working = document.querySelector("[data-import-progress]");
  if (working) follow(working);
  const holder = document.querySelector("[data-import-map]");
  if (holder) show(holder);
}

/** Asks again and again until the step is done, then shows the page anew. */
async function follow(block) {
  const bar = block.querySelector("progress");
  const figures = block.querySelector("[data-figures]");
  let state = null;
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    try {
      const answer = await fetch(block.dataset.importProgress, { headers: { Accept: "application/json" } });
      if (!answer.ok) continue;
      const said = await answer.json();
      state ??= said.state;
      if (said.state !== state || !["checking", "applying", "undoing"].includes(said.state)) { location.reload(); return; }
      bar.max = said.total || 1;
      bar.value = said.progress;
      figures.textContent = `${said.progress.toLocaleString()} / ${said.total.toLocaleString()}`;
    } catch { /* no network: once more */ }
  }
}

async function show(holder) {
  await loadLeaflet();
  const L = globalThis.leaflet;
  const map = L.map(holder, { maxZoom: 19, zoomSnap: 0.5, preferCanvas: true }).fitBounds(THAILAND);
  map.attributionControl.setPrefix(false);
  drawOutlines(L, map, holder.dataset.outlines);
  if (holder.dataset.tiles) L.tileLayer(holder.dataset.tiles, { maxZoom: 19, attribution: holder.dataset.attribution }).addTo(map);
  try {
    const { points, of } = await (await fetch(holder.dataset.importMap, { headers: { Accept: "application/json" } })).json();
    const marks = points.map(([latitude, longitude, state, number]) => {
      const label = document.createElement("span");
      label.textContent = text("importRow", number);
      return L.circleMarker([latitude, longitude], { radius: state === "error" ? 8 : 6, weight: 2, color: "#ffffff", fillColor: COLOURS[state] ?? GOOD, fillOpacity: 0.9 }).bindTooltip(label);
    });
    const group = L.featureGroup(marks).addTo(map);
    if (marks.length) map.fitBounds(group.getBounds().pad(0.15), { maxZoom: 15 });
    document.querySelector("[data-map-note]").textContent = text("importMap", points.length.toLocaleString(), of.toLocaleString());
  } catch { /* the table says it all */ }
}
