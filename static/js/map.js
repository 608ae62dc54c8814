// Picking a position on a map: outlines of the provinces underneath, also without tiles; tap or drag the pin.

import { text } from "./texts.js";

const THAILAND = [[5.5, 97.3], [20.5, 105.7]];
const FINGER_PX = 16; // how far a finger is off on the screen
const opened = new WeakMap();

/** Metres that a tap may be off at a zoom level (Web Mercator: 156,543 m a pixel at the equator and zoom 0). */
export function tapAccuracy(latitude, zoom) {
  return (FINGER_PX * 156_543 * Math.cos((latitude * Math.PI) / 180)) / 2 ** zoom;
}

/** Opens (or moves) the map in `holder`, at the person's province (`home`: [[south, west], [north, east]]); calls picked(latitude, longitude, metres it may be off) for each tap and drag. */
export async function pick(holder, { tiles, attribution, outlines, home }, at, picked) {
  if (!opened.has(holder)) opened.set(holder, await open(holder, tiles, attribution, outlines, home, picked));
  const { map, move } = opened.get(holder);
  map.invalidateSize();
  if (!at) return;
  move(at.latitude, at.longitude);
  map.setView([at.latitude, at.longitude], Math.max(map.getZoom(), tiles ? 16 : 10)); // without tiles the province gives the bearings
}

async function open(holder, tiles, attribution, outlines, home, picked) {
  await loadLeaflet();
  const L = globalThis.leaflet;
  const map = L.map(holder, { maxZoom: 19, zoomSnap: 0.5, attributionControl: true }).fitBounds(home ?? THAILAND);
  map.attributionControl.setPrefix(false);
  drawOutlines(L, map, outlines);
  if (tiles) L.tileLayer(tiles, { maxZoom: 19, attribution }).addTo(map);
  const note = L.control({ position: "bottomleft" });
  note.onAdd = () => Object.assign(document.createElement("p"), { className: "map-note", textContent: text("mapHint") });
  note.addTo(map);
  const shape = document.createElement("span");
  shape.className = "pin";
  shape.append(pinShape());
  let pin = null;
  const move = (latitude, longitude) => {
    pin ??= L.marker([latitude, longitude], { draggable: true, autoPan: true, keyboard: true, icon: L.divIcon({ className: "", html: shape, iconSize: [48, 48], iconAnchor: [24, 46] }) })
      .addTo(map).on("dragend", () => { const { lat, lng } = pin.getLatLng(); picked(lat, lng, tapAccuracy(lat, map.getZoom())); });
    pin.setLatLng([latitude, longitude]);
  };
  map.on("click", ({ latlng }) => { move(latlng.lat, latlng.lng); picked(latlng.lat, latlng.lng, tapAccuracy(latlng.lat, map.getZoom())); });
  return { map, move };
}

/** Leaflet and topojson come as scripts of the old kind; importing them leaves `leaflet` and `topojson` on the global object. */
export async function loadLeaflet() {
  if (!document.querySelector("link[data-leaflet]")) {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../vendor/leaflet.css", import.meta.url).href });
    style.dataset.leaflet = "";
    const ready = new Promise((resolve) => { style.onload = style.onerror = resolve; });
    document.head.append(style);
    await ready;
  }
  await Promise.all([import("../vendor/leaflet.js"), import("../vendor/topojson-client.js")]);
}

export async function drawOutlines(L, map, address) {
  try {
    const shapes = await (await fetch(address)).json();
    const provinces = globalThis.topojson.feature(shapes, Object.values(shapes.objects)[0]);
    L.geoJSON(provinces, { interactive: false, style: { color: "#41607f", weight: 1.2, fillColor: "#f7f4ea", fillOpacity: 0.85 } }).addTo(map).bringToBack();
  } catch { /* the map works without them */ }
}

function pinShape() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", "48"], ["height", "48"], ["fill", "currentColor"]]) svg.setAttribute(name, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", "M12 1a8 8 0 0 0-8 8c0 5.500 8 14 8 14s8-8.500 8-14a8 8 0 0 0-8-8zm0 11a3 3 0 1 1 0-6 3 3 0 0 1 0 6z");
  svg.append(path);
  return svg;
}
