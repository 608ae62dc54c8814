// The work package: the known sites, cameras and points of the person's area on this phone, fetched by revision, so that the same
// things can be done without a network. Contact persons and stream addresses are not in it.

import { distance } from "./fixes.js";
import { items, keep, mine, tell } from "./store.js";

const FRESH_FOR = 15 * 60_000; // ms until it is asked for again
const CELL = 100; // cells to a degree: about 1.1 km
const RING_M = 1_000; // metres that a ring of cells is wide at least (in Thailand)
const AT_ONCE = 500; // sites read together
const STORES = ["sites", "cameras", "points"];

/** The cell in which a position lies: the key by which sites are found near one. */
export const cellOf = (lat, lon) => `${Math.floor(lat * CELL)}:${Math.floor(lon * CELL)}`;

/** What the phone knows of its package: {rev, epoch, scope, at, size, sites} or null. */
export async function packageInfo(db) {
  return (await db.get("meta", "package")) ?? null;
}

/** Fetches what changed since the last time; `force` also when that was a moment ago. Resolves with packageInfo(). */
export async function refresh(force = false) {
  const work = () => refreshAlone(force);
  return navigator.locks ? navigator.locks.request("samruat-package", work) : work(); // one page at a time; who comes second finds it fresh
}

async function refreshAlone(force) {
  const who = await mine();
  if (!who) return null;
  const { db } = who;
  let info = (await packageInfo(db)) ?? { rev: 0, epoch: "", scope: "", size: 0, at: 0 };
  if (!force && Math.abs(Date.now() - info.at) < FRESH_FOR) return info;
  for (let more = true; more;) {
    const answer = await fetch(`/sync/package?since=${info.rev}&epoch=${info.epoch}&scope=${info.scope}`, { headers: { Accept: "application/json" }, redirect: "error", cache: "no-store" });
    const text = await answer.text();
    const page = answer.status === 200 ? JSON.parse(text) : null;
    if (page?.ok !== true) throw new Error(`no package: ${answer.status}`);
    if (page.none) { await clear(db); return null; }
    const again = page.since === 0; // another epoch or area: from the start
    info = { rev: page.rev, epoch: page.epoch, scope: page.scope, size: (again ? 0 : info.size) + text.length, at: page.next ? 0 : Date.now() };
    await store(db, page, info, again);
    more = page.next;
  }
  await db.put("meta", { ...info, sites: await db.count("sites") }, "package");
  tell("package");
  return packageInfo(db);
}

async function clear(db) {
  await keep(db, [...STORES, "meta"], async (store) => { for (const name of STORES) await store(name).clear(); await store("meta").delete("package"); });
}

async function store(db, page, info, again) {
  await keep(db, [...STORES, "meta"], async (open) => {
    if (again) for (const name of STORES) await open(name).clear();
    await Promise.all(STORES.flatMap((name) => page[name].map((record) => open(name).put({ ...record, ...(record.lat === undefined ? {} : { cell: cellOf(record.lat, record.lon) }) }))));
    for (const id of page.gone) {
      for (const name of STORES) await open(name).delete(id);
      for (const key of await open("cameras").index("site").getAllKeys(id)) await open("cameras").delete(key);
    }
    for (const name of ["agencies", "areas"]) if (page[name]) await open("meta").put(page[name], name);
    await open("meta").put(info, "package");
  });
}

/** Names of the register that have the words in them, as far as this phone knows it. */
export async function agenciesLike(db, typed, most = 12) {
  const folded = (text) => text.toLowerCase().replace(/[\s.]/g, "");
  const wanted = folded(typed);
  return ((await db.get("meta", "agencies")) ?? []).filter((name) => folded(name).includes(wanted)).slice(0, most);
}

/** The districts of a province or the subdistricts of a district as [code, name], as far as this phone knows them. */
export async function areasIn(db, code, language) {
  const all = Object.entries((await db.get("meta", "areas")) ?? {}).filter(([below]) => below.startsWith(code) && below.length === code.length + 2);
  return all.map(([below, names]) => [below, names[language === "en" ? 1 : 0]]).sort((a, b) => a[1].localeCompare(b[1], language));
}

/**
 * Sites near a position, nearest first: [{site, metres, own}]. `own` are those that still wait on this phone. Looks outwards, a ring of
 * cells at a time, until there are enough: in a city there are thousands within a few kilometres.
 */
export async function nearby(db, lat, lon, metres, most = 50) {
  const found = (await ownWork(db)).sites.filter((site) => site.lat !== undefined).map((site) => ({ site, own: site.waits }));
  for (const entry of found) entry.metres = distance(lat, lon, entry.site.lat, entry.site.lon);
  const own = new Map(found.map((entry) => [entry.site.id, entry]));
  const reach = Math.ceil(metres / RING_M) + 1;
  for (let ring = 0; ring <= reach; ring++) {
    for (const site of await sitesOf(db, ringOf(lat, lon, ring))) {
      if (own.has(site.id)) found.splice(found.indexOf(own.get(site.id)), 1);
      found.push({ site, own: false, metres: distance(lat, lon, site.lat, site.lon) });
    }
    if (found.filter((entry) => entry.metres <= ring * RING_M).length >= most) break;
  }
  return found.filter((entry) => entry.metres <= metres).sort((a, b) => a.metres - b.metres).slice(0, most);
}

/** The cells at a distance of so many cells from a position's own. */
function ringOf(lat, lon, ring) {
  const cells = [];
  for (let y = -ring; y <= ring; y++) {
    for (let x = -ring; x <= ring; x += Math.abs(y) === ring ? 1 : 2 * ring || 1) cells.push(cellOf(lat + y / CELL, lon + x / CELL));
  }
  return cells;
}

async function sitesOf(db, cells) {
  const index = db.transaction("sites").store.index("cell");
  return (await Promise.all(cells.map((cell) => index.getAll(cell)))).flat();
}

/**
 * What was recorded on this phone, read once for a list of many records: {sites, cameras, seen, saved}; sites as the package would have
 * them, cameras by their site, the status updates by their camera, the last save by its record.
 */
export async function ownWork(db) {
  const own = { sites: [], cameras: new Map(), seen: new Map(), saved: new Map() };
  const among = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
  for (const i of await items(db)) {
    if (!i.answers) continue;
    const [lat, lon] = i.place ?? [];
    if (i.op === "save") own.saved.set(i.record_id, i);
    if (i.kind === "site" && i.op === "save") own.sites.push({ id: i.record_id, answers: i.answers, ...(Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : {}), mine: true, waits: i.state === "queued" });
    if (i.kind === "camera") among(own.cameras, i.parent, { id: i.record_id, site: i.parent, answers: i.answers, mine: true });
    if (i.kind === "update") among(own.seen, i.parent, i);
  }
  return own;
}

/** The cameras of a site: those of the package and those recorded on this phone, each with its latest condition. */
export async function camerasOf(db, siteId, own = null) {
  own ??= await ownWork(db);
  const found = new Map((await db.getAllFromIndex("cameras", "site", siteId)).map((c) => [c.id, c]));
  for (const camera of own.cameras.get(siteId) ?? []) found.set(camera.id, camera);
  return [...found.values()].map((camera) => withOwnStatus(own, camera));
}

function withOwnStatus(own, camera) {
  const seen = (own.seen.get(camera.id) ?? []).filter((i) => i.queued_at > (Date.parse(camera.status_at) || 0)).at(-1);
  return seen ? { ...camera, answers: { ...camera.answers, status: seen.answers.status } } : camera;
}

/** A site or camera by its id, from the package or from what was recorded on this phone; null when this phone knows neither. */
export async function known(db, kind, id) {
  const own = await ownWork(db);
  const mine = own.saved.get(id);
  const stored = await db.get(kind, id);
  if (stored && mine && (mine.state === "queued" || mine.receipt?.rev > stored.rev)) return { ...stored, answers: { ...stored.answers, ...mine.answers }, item: mine.id };
  if (stored) return kind === "cameras" ? withOwnStatus(own, stored) : stored;
  return mine ? { id, answers: mine.answers, site: mine.parent ?? undefined, mine: true, place: mine.place, item: mine.id } : null;
}

let texts = null; // {at, all: [[id, text]]}: what is searched, made at the first search of a page for each state of the package

/** Sites whose names have the words in them; without words the first ones. */
export async function search(db, words, most = 50) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const own = (await ownWork(db)).sites.filter((site) => wanted.every((word) => textOf(site).includes(word)));
  const found = own.slice(0, most).map((site) => ({ site, own: site.waits })), seen = new Set(own.map((site) => site.id));
  const ids = wanted.length ? (await searched(db)).filter(([, text]) => wanted.every((word) => text.includes(word))).map(([id]) => id) : await db.getAllKeys("sites", null, most);
  const others = ids.filter((id) => !seen.has(id)).slice(0, most - found.length);
  const store = db.transaction("sites").store;
  for (const site of await Promise.all(others.map((id) => store.get(id)))) if (site) found.push({ site, own: false });
  return found;
}

const textOf = (site) => Object.values(site.answers).filter((v) => typeof v === "string").join(" ").toLowerCase();

async function searched(db) {
  const at = (await packageInfo(db))?.at;
  if (texts?.db === db.name && texts.at === at) return texts.all;
  const all = [];
  for (let range = null, part; (part = await db.getAll("sites", range, AT_ONCE)).length; range = IDBKeyRange.lowerBound(part.at(-1).id, true)) {
    for (const site of part) all.push([site.id, textOf(site)]);
  }
  texts = { db: db.name, at, all };
  return all;
}
