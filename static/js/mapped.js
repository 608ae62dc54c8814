// The map of everything: clusters from the server, sites, view sectors and proposed points further in, and the same things as a list.

import { drawOutlines, loadLeaflet } from "./map.js";
import { text } from "./texts.js";

const THAILAND = [[5.5, 97.3], [20.5, 105.7]];
const USABLE = ["working", "degraded"], UNUSABLE = ["not_working", "under_repair"];
const PATIENCE_MS = 200; // after the last move
const shown = (number) => number.toLocaleString();
const sum = (counts, codes = Object.keys(counts)) => codes.reduce((n, code) => n + (counts[code] ?? 0), 0);

export async function start() {
  for (const root of document.querySelectorAll("[data-mapped]")) await open(root);
}

async function open(root) {
  await loadLeaflet();
  const L = globalThis.leaflet;
  const part = (name) => root.querySelector(`[data-map-${name}]`);
  const map = L.map(part("holder"), { minZoom: 4, maxZoom: 19, attributionControl: true }).fitBounds(JSON.parse(root.dataset.home || "null") ?? THAILAND);
  map.attributionControl.setPrefix(false);
  drawOutlines(L, map, root.dataset.outlines);
  if (root.dataset.tiles) L.tileLayer(root.dataset.tiles, { maxZoom: 19, attribution: root.dataset.attribution }).addTo(map);
  const layer = L.layerGroup().addTo(map);
  let asked = 0, timer;
  const refresh = async () => {
    const mine = ++asked, bounds = map.getBounds().pad(0.05);
    const address = new URL(root.dataset.address, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) address.searchParams.set(name, value);
    address.searchParams.set("box", [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()].map((n) => n.toFixed(5)).join());
    address.searchParams.set("zoom", Math.round(map.getZoom()));
    const here = map.getCenter();
    root.querySelector("[data-seen-here]").href = `${root.dataset.seenAddress}?position=${here.lat.toFixed(6)},%20${here.lng.toFixed(6)}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const found = await answer.json();
      if (mine === asked) draw(L, map, layer, part, root, found);
    } catch {
      part("status").textContent = text("mapFailed");
    }
    root.dataset.loaded = mine;
  };
  map.on("moveend", () => { clearTimeout(timer); timer = setTimeout(refresh, PATIENCE_MS); });
  await refresh();
}

function draw(L, map, layer, part, root, found) {
  layer.clearLayers();
  const list = part("list");
  list.replaceChildren();
  const into = (at) => map.setView(at, Math.min(19, map.getZoom() + 2));
  for (const [lat, lon, counts, others] of found.clusters) {
    const name = text("mapCluster", ...[sum(counts), sum(counts, USABLE), sum(counts, UNUSABLE)].map(shown));
    L.marker([lat, lon], { icon: cluster(L, counts, others), title: name, alt: name, keyboard: false }).on("click", () => into([lat, lon])).addTo(layer);
  }
  for (const [lat, lon, counts] of found.point_clusters ?? []) {
    const name = text("mapPoints", sum(counts));
    L.marker([lat, lon], { icon: diamond(L, sum(counts), [-6, -4]), title: name, alt: name, keyboard: false }).on("click", () => into([lat, lon])).addTo(layer);
  }
  const largest = [...found.clusters].sort((a, b) => sum(b[2]) - sum(a[2])).slice(0, 40);
  for (const [lat, lon, counts, others] of largest) {
    list.append(row("button", text("mapCluster", ...[sum(counts), sum(counts, USABLE), sum(counts, UNUSABLE)].map(shown)), others ? text("mapPending", others.toLocaleString()) : "", () => into([lat, lon])));
  }
  for (const site of found.sites) {
    for (const camera of site.cameras) sector(L, camera).addTo(layer);
    const said = [site.approved ? "" : text("mapNotApproved"), site.exact ? "" : text("mapCoarse")].filter(Boolean).join(" · ");
    L.marker(site.at, { icon: cluster(L, site.conditions, site.approved ? 0 : 1, true), title: site.name, alt: site.name, keyboard: false }).on("click", () => show(part, root, site)).addTo(layer);
    list.append(row("button", site.name || "–", said, () => show(part, root, site), site.conditions));
  }
  for (const point of found.points) {
    L.marker(point.at, { icon: diamond(L, point.cameras ?? ""), title: point.name, alt: point.name, keyboard: false }).on("click", () => location.assign(`/points/${point.id}`)).addTo(layer);
    list.append(row("a", point.name || "–", [text("mapProposed"), point.approved ? "" : text("mapNotApproved")].filter(Boolean).join(" · "), `/points/${point.id}`));
  }
  const cameras = found.clusters.reduce((n, [, , counts]) => n + sum(counts), 0) + found.sites.reduce((n, site) => n + sum(site.conditions), 0);
  const points = found.points.length + (found.point_clusters ?? []).reduce((n, [, , counts]) => n + sum(counts), 0);
  const nothing = !cameras && !points && !found.sites.length;
  part("status").textContent = nothing ? text("mapNothing") : text("mapShown", found.clusters.length, cameras.toLocaleString(), found.sites.length, points.toLocaleString());
}

function row(kind, name, said, action, conditions = {}) {
  const item = document.createElement("li"), control = document.createElement(kind), title = document.createElement("b"), small = document.createElement("small");
  title.textContent = name;
  small.textContent = said;
  if (kind === "a") control.href = action;
  else Object.assign(control, { type: "button", onclick: action });
  control.append(title, small);
  for (const [code, number] of Object.entries(conditions)) {
    const shape = document.querySelector(`template[data-condition="${code}"]`)?.content.cloneNode(true);
    if (shape) { shape.firstElementChild.append(` ${number}`); control.append(shape); }
  }
  item.append(control);
  return item;
}

async function show(part, root, site) {
  const panel = part("panel");
  try {
    const answer = await fetch(root.dataset.panelAddress + site.id);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(...page.body.childNodes);
    panel.hidden = false;
    panel.focus();
  } catch {
    part("status").textContent = text("mapFailed");
  }
}

const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** A ring whose parts are usable, unusable and other conditions, with the number in it; dashed where something is not approved. */
function cluster(L, counts, others, small = false) {
  const all = sum(counts), size = small ? 34 : Math.min(64, 38 + 6 * Math.log10(all + 1));
  const shape = svg("svg", { viewBox: "0 0 42 42", width: size, height: size, class: `cluster${others ? " pending" : ""}` });
  shape.append(svg("circle", { cx: 21, cy: 21, r: 18.5, class: "face" }));
  let from = 25;
  for (const [name, codes] of [["usable", USABLE], ["unusable", UNUSABLE], ["apart", null]]) {
    const number = codes ? sum(counts, codes) : all - sum(counts, USABLE) - sum(counts, UNUSABLE);
    const share = all ? (100 * number) / all : 0;
    if (share) shape.append(svg("circle", { cx: 21, cy: 21, r: 15.9155, class: `ring ${name}`, "stroke-dasharray": `${share} ${100 - share}`, "stroke-dashoffset": from }));
    from -= share;
  }
  const number = svg("text", { x: 21, y: 25.5, "text-anchor": "middle" });
  number.textContent = all >= 10_000 ? `${Math.round(all / 1000)}k` : all;
  shape.append(number);
  const holder = document.createElement("span");
  holder.append(shape);
  return L.divIcon({ className: "", html: holder, iconSize: [size, size] });
}

/** A proposed point, or a group of them; `anchor` puts it beside the group of cameras of the same cell. */
function diamond(L, number, anchor = [16, 16]) {
  const shape = svg("svg", { viewBox: "0 0 42 42", width: 32, height: 32, class: "cluster diamond" });
  shape.append(svg("rect", { x: 9, y: 9, width: 24, height: 24, transform: "rotate(45 21 21)" }));
  const label = svg("text", { x: 21, y: 26, "text-anchor": "middle" });
  label.textContent = number;
  shape.append(label);
  const holder = document.createElement("span");
  holder.append(shape);
  return L.divIcon({ className: "", html: holder, iconSize: [32, 32], iconAnchor: anchor });
}

/** Corners [lat, lon] of what a camera looks at: a sector, or a ring of points all round (bearing null). Metres to degrees on a sphere of 111,320 m a degree. */
export function corners({ at: [lat, lon], bearing, angle, range }) {
  const whole = bearing === null || angle >= 360, width = whole ? 360 : angle, first = whole ? 0 : bearing - angle / 2;
  const ring = Array.from({ length: 25 }, (_, n) => {
    const turned = ((first + (width * n) / 24) * Math.PI) / 180;
    return [lat + (range * Math.cos(turned)) / 111_320, lon + (range * Math.sin(turned)) / (111_320 * Math.cos((lat * Math.PI) / 180))];
  });
  return whole ? ring : [[lat, lon], ...ring];
}

function sector(L, camera) {
  const kind = USABLE.includes(camera.status) ? "usable" : UNUSABLE.includes(camera.status) ? "unusable" : "apart";
  return L.polygon(corners(camera), { className: `sector ${kind}`, interactive: false });
}
