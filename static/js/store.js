// What this phone keeps, in IndexedDB. `samruat` belongs to the phone (who used it last, its own id); `samruat-<account>` to one
// person: drafts, the outbox, photos, the work package. Bytes are ArrayBuffers and not Blobs (Safari loses those).

import { openDB, unwrap } from "../vendor/idb.js";

const VERSION = 1; // upgrades only ever add
const CALM = 400; // ms
const open = new Map();
const running = new Set(); // this page's transactions
let asleep = false;

// Safari puts a page that is left to sleep for the way back, also in the middle of a transaction, and then no other page can write until
// it is thrown away. So what runs ends with the page, and nothing begins until it is shown again; who wrote hears an AbortError.
globalThis.window?.addEventListener("pagehide", (event) => {
  if (!event.persisted) return;
  asleep = true;
  for (const transaction of running) try { transaction.abort(); } catch { /* it has ended already */ }
});
globalThis.window?.addEventListener("pageshow", () => { asleep = false; });

/** Keeps account of a database's transactions, also of those that idb begins by itself. */
function watched(db) {
  const raw = unwrap(db);
  raw.transaction = (...asked) => {
    if (asleep) throw new DOMException("this page has been left", "AbortError");
    const transaction = IDBDatabase.prototype.transaction.apply(raw, asked);
    running.add(transaction);
    for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => running.delete(transaction));
    return transaction;
  };
  return db;
}

/** Opens a database once for this page. A failed open is tried once more: Safari fails the first one now and then. */
function openOnce(name, upgrade) {
  if (!open.has(name)) {
    const attempt = () => openDB(name, VERSION, { upgrade, blocking: (_c, _n, event) => { event.target.close(); open.delete(name); }, terminated: () => open.delete(name) }).then(watched);
    const opening = attempt().catch(() => new Promise((resolve) => setTimeout(resolve, 200)).then(attempt));
    open.set(name, opening);
    opening.catch(() => open.delete(name));
  }
  return open.get(name);
}

const phone = () => openOnce("samruat", (db) => { db.createObjectStore("phone"); });

/** A value that belongs to the phone: "user" {uid, name, role, …}, "device_id", "language", "drill". */
export async function remembered(key) {
  return (await phone()).get("phone", key);
}

/** Keeps (or with undefined forgets) a value that belongs to the phone. */
export async function remember(key, value) {
  const db = await phone();
  await (value === undefined ? db.delete("phone", key) : db.put("phone", value, key));
}

/** The random id of this phone, made at its first use. */
export async function deviceId() {
  const db = await phone();
  const transaction = db.transaction("phone", "readwrite");
  let id = await transaction.store.get("device_id");
  if (!id) await transaction.store.put((id = crypto.randomUUID()), "device_id");
  await transaction.done;
  return id;
}

/** The database of one person. */
export function storeOf(uid) {
  return openOnce(`samruat-${uid}`, (db) => {
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("outbox", { keyPath: "id" });
    db.createObjectStore("photos", { keyPath: "sha256" }); // {sha256, bytes, type}
    db.createObjectStore("thumbs", { keyPath: "sha256" }); // {sha256, bytes}: small JPEGs for lists
    db.createObjectStore("sites", { keyPath: "id" }).createIndex("cell", "cell");
    db.createObjectStore("cameras", { keyPath: "id" }).createIndex("site", "site");
    db.createObjectStore("points", { keyPath: "id" }).createIndex("cell", "cell");
    db.createObjectStore("meta");
  });
}

/** The database of the person who used this phone last, with their profile; null when nobody has logged in (or out again). */
export async function mine() {
  const user = await remembered("user");
  return user ? { user, db: await storeOf(user.uid) } : null;
}

/** Who uses this page: as the server says, or without a network who used this phone last; null when nobody has logged in. */
export async function here() {
  const said = globalThis.document?.querySelector('meta[name="user"]')?.content;
  if (!said) return (await remembered("user")) ?? null;
  const user = JSON.parse(said), before = await remembered("user");
  if ((await remembered("logged_out")) === user.uid) return null; // logged out without a network: static/js/phone.js tells the server first
  if (JSON.stringify(before) !== JSON.stringify(user)) {
    await remember("user", user);
    tell("user");
  }
  return user;
}

/** All items of the outbox, oldest first. */
export async function items(db) {
  return (await db.getAll("outbox")).sort((a, b) => a.order - b.order);
}

/** Writes several things at once or none of them; resolves when they are on the disk. Throws Error("quota") when the phone is full. */
export async function keep(db, stores, work) {
  const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
  try {
    const result = await work((name) => transaction.objectStore(name));
    await transaction.done;
    return result;
  } catch (error) {
    try { transaction.abort(); } catch { /* it has ended already */ }
    await transaction.done.catch(() => {});
    if (error?.name === "QuotaExceededError" || transaction.error?.name === "QuotaExceededError") throw Object.assign(new Error("quota"), { code: "quota" });
    throw error;
  }
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("samruat") : null;
channel?.unref?.(); // node, in tests

/** Tells this page and the others that something kept has changed: "outbox", "drafts", "package", "user". */
export function tell(what) {
  channel?.postMessage(what);
  globalThis.document?.dispatchEvent(new CustomEvent("samruat:kept", { detail: what }));
}

/**
 * Calls `heard(what)` when something kept has changed, here or in another page or the service worker: at once, and while it goes on
 * changing every CALM ms, because who sends 600 photos tells of each, and a list that reads everything each time would hold them up.
 */
export function listen(heard) {
  const fresh = new Map(); // what was told of just now: whether it has changed again meanwhile
  const hear = (what) => {
    if (fresh.has(what)) return void fresh.set(what, true);
    fresh.set(what, false);
    setTimeout(() => {
      const again = fresh.get(what);
      fresh.delete(what);
      if (again) hear(what);
    }, CALM);
    heard(what);
  };
  channel?.addEventListener("message", (event) => hear(event.data));
  globalThis.document?.addEventListener("samruat:kept", (event) => hear(event.detail));
}
