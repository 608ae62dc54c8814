// The work package: the known sites, cameras and points of the person's area on this phone, fetched by revision, so that the same
// things can be done without a network. Contact persons and stream addresses are not in it.

import { distance } from "./fixes.js";
import { items, keep, mine, tell } from "./store.js";

const FRESH_FOR = 15 * 60_000; // ms until it is asked for again
const CELL = 100; // cells to a degree: about 1.1 km
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
    for (const name of STORES) for (const record of page[name]) await open(name).put({ ...record, ...(record.lat === undefined ? {} : { cell: cellOf(record.lat, record.lon) }) });
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

/** Sites near a position, nearest first: [{site, metres, own}]. `own` are those that still wait on this phone. */
export async function nearby(db, lat, lon, metres, most = 50) {
  const reach = Math.ceil(metres / 1_000) + 1;
  const found = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) found.push(...(await db.getAllFromIndex("sites", "cell", cellOf(lat + y / CELL, lon + x / CELL))).map((site) => ({ site, own: false })));
  }
  const known = new Set(found.map(({ site }) => site.id));
  for (const site of await ownSites(db)) if (!known.has(site.id) && site.lat !== undefined) found.push({ site, own: true });
  for (const entry of found) entry.metres = distance(lat, lon, entry.site.lat, entry.site.lon);
  return found.filter((entry) => entry.metres <= metres).sort((a, b) => a.metres - b.metres).slice(0, most);
}

/** Sites that were recorded on this phone, as the package would have them. */
export async function ownSites(db) {
  return (await items(db)).filter((i) => i.kind === "site" && i.op === "save" && i.answers).map((i) => {
    const [lat, lon] = i.place ?? [];
    return { id: i.record_id, answers: i.answers, ...(Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : {}), mine: true, waits: i.state === "queued" };
  });
}

/** The cameras of a site: those of the package and those recorded on this phone, each with its latest condition. */
export async function camerasOf(db, siteId) {
  const found = new Map((await db.getAllFromIndex("cameras", "site", siteId)).map((c) => [c.id, c]));
  for (const i of await items(db)) {
    if (i.kind === "camera" && i.parent === siteId && i.answers) found.set(i.record_id, { id: i.record_id, site: siteId, answers: i.answers, mine: true });
  }
  return Promise.all([...found.values()].map((camera) => withOwnStatus(db, camera)));
}

async function withOwnStatus(db, camera) {
  const seen = (await items(db)).filter((i) => i.kind === "update" && i.parent === camera.id && i.answers && i.queued_at > (Date.parse(camera.status_at) || 0)).at(-1);
  return seen ? { ...camera, answers: { ...camera.answers, status: seen.answers.status } } : camera;
}

/** A site or camera by its id, from the package or from what was recorded on this phone; null when this phone knows neither. */
export async function known(db, kind, id) {
  const mine = (await items(db)).filter((i) => i.record_id === id && i.op === "save" && i.answers).at(-1);
  const stored = await db.get(kind, id);
  if (stored && mine && (mine.state === "queued" || mine.receipt?.rev > stored.rev)) return { ...stored, answers: { ...stored.answers, ...mine.answers }, item: mine.id };
  if (stored) return kind === "cameras" ? withOwnStatus(db, stored) : stored;
  return mine ? { id, answers: mine.answers, site: mine.parent ?? undefined, mine: true, place: mine.place, item: mine.id } : null;
}

/** Sites whose names or cameras' labels have the words in them. */
export async function search(db, words, most = 50) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  const look = (site) => {
    const text = Object.values(site.answers).filter((v) => typeof v === "string").join(" ").toLowerCase();
    if (wanted.every((word) => text.includes(word))) found.push({ site, own: Boolean(site.waits) });
    return found.length < most;
  };
  const own = await ownSites(db);
  own.every(look);
  const seen = new Set(own.map((s) => s.id));
  for (let cursor = await db.transaction("sites").store.openCursor(); cursor && found.length < most; cursor = await cursor.continue()) if (!seen.has(cursor.value.id)) look(cursor.value);
  return found;
}
