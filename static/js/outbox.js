// The outbox: sealed messages and photos that wait for a network, and the only code that sends them. Pages and the service worker
// import it; a lock lets one of them send at a time. Nothing is deleted here that the server has not been seen to hold a day later.

import { digest } from "./shrink.js";
import { deviceId, items, keep, mine, remember, remembered, storeOf, tell } from "./store.js";

const DAY = 24 * 3600_000;
const VERIFY_AFTER = DAY, CHECK_EVERY = 7 * DAY, TEXTS_FOR = 14 * DAY;
const FIRST_WAIT = 2_000, LONGEST_WAIT = 300_000, LONGEST_AFTER = 3600_000; // back-off of one item and a server's Retry-After, in ms
const SESSION_FOR = 60_000; // how long one answer of /sync/session serves
const UPLOAD_LIMIT = 60_000, ASK_LIMIT = 30_000; // ms until a silent server counts as gone
const SLOWEST = 5; // bytes a millisecond: a photo gets the time that one bar of signal needs
const SILENCES = 2; // requests without any answer, one after another, until a round counts as without a network
const RECEIPTS_AT_ONCE = 200;

let session = null; // {uid, csrf, at} of this page or worker

/** A failure that says what to do: "network" (wait), "login", "csrf", "disabled", "refused" (a person must look). */
class Failure extends Error {
  constructor(kind, { code = "", message = "", status = 0, after = 0 } = {}) {
    super(message || code || kind);
    Object.assign(this, { kind, code, status, after });
  }
}

/**
 * Puts a sealed message into the outbox; its draft goes in the same transaction. From now on its bytes never change.
 * The owner is who opened the form, also when somebody else has logged in since: then it waits for its author.
 * @param {object} message {kind, op, record_id, answers, …} without owner; @param {object} about {label, parent, site, fields, path} for lists
 */
export async function queue(message, about, draft, user) {
  const db = await storeOf(user.uid);
  const id = crypto.randomUUID();
  const offset = await db.get("meta", "clock_offset_s");
  const whole = { ...message, owner: user.uid, schema: 1, device_id: await deviceId(), captured_at: message.captured_at ?? new Date().toISOString() };
  if (Number.isFinite(offset)) whole.clock_offset_s = offset;
  const payload = new TextEncoder().encode(JSON.stringify(whole));
  const photos = (message.photos?.add ?? []).map(({ sha256 }) => ({ sha256, sent: false }));
  const item = {
    id, v: 1, kind: message.kind, op: message.op, record_id: message.record_id, payload: payload.buffer, sha256: await digest(payload), photos,
    queued_at: Date.now(), state: "queued", tries: 0, last_try: 0, next_try: 0, reason: null, receipt: null, ...about,
  };
  item.size = payload.byteLength;
  await keep(db, ["outbox", "drafts", "thumbs"], async (store) => {
    for (const photo of photos) item.size += (await store("thumbs").get(photo.sha256))?.size ?? 0;
    item.order = ((await store("outbox").getAll()).reduce((most, other) => Math.max(most, other.order ?? 0), 0)) + 1;
    await store("outbox").put(item);
    if (draft) await store("drafts").delete(draft);
  });
  tell("outbox");
  askWorker();
  return item;
}

/** Asks the browser to wake the service worker when there is a network, also after this page is closed (not on iPhones). */
async function askWorker() {
  try {
    await (await navigator.serviceWorker?.ready)?.sync?.register("outbox");
  } catch { /* not supported or not allowed: the page sends by itself */ }
}

/** Whether an item is still owed: it, or a photo of it, has not been received. */
export const isOwed = (item) => item.state === "queued" || item.photos.some((photo) => !photo.sent);

/** How many items still wait here and since when (ms, null when none). */
export async function waiting(db) {
  const owed = (await items(db)).filter(isOwed);
  return { count: owed.length, oldest: owed.length ? Math.min(...owed.map((i) => i.queued_at)) : null };
}

/**
 * Sends whatever is due. Only one page or worker sends at a time; the others return at once.
 * @param {{now?: boolean, wait?: boolean}} asked now: also what would still wait for its next try; wait: until another page has finished
 * @returns {Promise<{state: string, sent: number, next: number|null}>} state: done, waiting, login, other, disabled, nobody, busy
 */
export async function drain(asked = {}) {
  const work = () => drainAlone(asked);
  if (!globalThis.navigator?.locks) return work();
  return navigator.locks.request("samruat-outbox", { ifAvailable: !asked.wait }, (lock) => (lock ? work() : { state: "busy", sent: 0, next: null }));
}

async function drainAlone({ now = false }) {
  const who = await mine();
  if (!who) return { state: "nobody", sent: 0, next: null };
  const { db, user } = who;
  const round = { db, user, sent: 0, stopped: null };
  const due = (await items(db)).filter((item) => isOwed(item) && (now || isDue(item)));
  const checking = await receiptsDue(db);
  if (due.length || checking) {
    try {
      await contact(round);
      await sendAll(round, due);
      if (await receiptsDue(db)) await checkReceipts(round);
      await purge(db);
      await report(round);
      await db.put("meta", Date.now(), "last_contact");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      round.stopped = error;
      await putOff(db, due, error);
    }
    tell("outbox");
  }
  const left = (await items(db)).filter(isOwed);
  const trying = ["login", "other", "disabled"].includes(round.stopped?.kind) ? [] : left.filter((i) => !i.attention);
  const next = trying.length ? Math.max(0, Math.min(...trying.map((i) => i.next_try - Date.now()))) : null;
  return { state: round.stopped ? (round.stopped.kind === "network" ? "waiting" : round.stopped.kind) : left.length ? "waiting" : "done", sent: round.sent, next };
}

// A clock that was set back must not keep an item waiting for years.
const isDue = (item) => !item.attention && (item.next_try <= Date.now() || item.next_try - Date.now() > LONGEST_AFTER);

/** A fresh session: who is logged in, a CSRF token, the clock's offset, and whether this database still knows our newest receipt. */
async function contact(round, again = false) {
  const { db, user } = round;
  if (!again && session && session.uid === user.uid && Date.now() - session.at < SESSION_FOR && Date.now() >= session.at) return;
  const newest = await db.get("meta", "newest");
  const began = Date.now();
  let said;
  try {
    said = await ask("GET", `/sync/session${newest ? `?last=${newest}` : ""}`);
  } catch (error) {
    await db.put("meta", error.kind, "session_state");
    if (error.kind === "disabled") await Promise.all(["sites", "cameras", "points"].map((store) => db.clear(store)).concat(db.delete("meta", "package"))); // the area's records go
    throw error;
  }
  if (typeof said.uid !== "string" || typeof said.csrf !== "string") throw new Failure("network", { code: "not_ours" });
  if (said.uid !== user.uid) { // somebody else has logged in on this phone: from now on it is theirs
    await db.put("meta", "other", "session_state");
    if (said.name) await remember("user", { uid: said.uid, name: said.name, username: said.username, role: said.role });
    tell("user");
    throw new Failure("other");
  }
  session = { uid: said.uid, csrf: said.csrf, at: Date.now() };
  const server = Date.parse(said.server_time);
  if (Number.isFinite(server)) await db.put("meta", Math.round((server - (began + Date.now()) / 2) / 100) / 10, "clock_offset_s");
  await db.put("meta", "ok", "session_state");
  const epoch = await db.get("meta", "epoch");
  if (said.known === false || (epoch && epoch !== said.epoch)) await db.put("meta", true, "check_all");
  await db.put("meta", said.epoch, "epoch");
  if (await db.get("meta", "check_all")) await checkReceipts(round);
}

/** Sends items in their order; what fails or is not due yet holds up its site's later ones, what a person must look at its own record's. */
async function sendAll(round, due) {
  const wanted = new Set(due.map((item) => item.id)), held = new Set();
  let silent = 0;
  for (const { id } of await items(round.db)) {
    const item = await round.db.get("outbox", id);
    if (!item || !isOwed(item)) continue;
    if (held.has(item.site) || held.has(item.record_id) || !wanted.has(id)) {
      if (item.state === "queued") held.add(item.attention ? item.record_id : item.site);
      continue;
    }
    try {
      if (item.state === "queued") await sendMessage(round, item);
      await sendPhotos(round, item);
      silent = 0;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (["login", "other", "disabled"].includes(error.kind)) throw error;
      await noteFailure(round.db, item.id, error);
      held.add(error.kind === "network" ? item.site : item.record_id);
      if (error.kind === "network" && !error.status && (silent += 1) >= SILENCES) throw error; // no network at all: the others need not try
    }
  }
}

async function sendMessage(round, item) {
  await change(round.db, item, { last_try: Date.now() });
  const said = await tokenAsk(round, "PUT", `/sync/mutations/${item.id}`, item.payload, "application/json");
  if (said.mutation_id !== item.id || said.payload_sha256 !== item.sha256) throw new Failure("network", { code: "no_receipt", status: 1 });
  const there = new Set(said.photos_missing);
  const photos = item.photos.map((photo) => ({ ...photo, sent: photo.sent || !there.has(photo.sha256) }));
  const receipt = { receipt_no: said.receipt_no, rev: said.rev, epoch: said.epoch, conflicts: said.conflicts ?? [] };
  await change(round.db, item, { state: "received", received_at: Date.now(), receipt, photos, reason: null, tries: 0, attention: false });
  await round.db.put("meta", item.id, "newest");
  round.sent += 1;
  tell("outbox");
}

async function sendPhotos(round, item) {
  for (const photo of item.photos) {
    if (photo.sent) continue;
    const kept = await round.db.get("photos", photo.sha256);
    if (!kept) throw new Failure("refused", { code: "photo_gone" });
    try {
      const said = await tokenAsk(round, "PUT", `/sync/photos/${photo.sha256}`, kept.bytes, kept.type || "application/octet-stream", UPLOAD_LIMIT + Math.round(kept.bytes.byteLength / SLOWEST));
      if (said.sha256 !== photo.sha256) throw new Failure("network", { code: "no_receipt", status: 1 });
      photo.sent = true;
      await change(round.db, item, { photos: item.photos, reason: null, tries: 0, attention: false });
      tell("outbox");
    } catch (error) {
      // damaged on the way, not on this phone: the same bytes go again
      if (error.code === "photo_hash" && (await digest(kept.bytes)) === photo.sha256) throw new Failure("network", { code: "photo_hash", status: error.status });
      throw error;
    }
  }
}

async function change(db, item, what) {
  Object.assign(item, what);
  await keep(db, ["outbox"], (store) => store("outbox").put(item));
}

/** What a failure means for one item: when it is tried again, or why a person must look. It is never removed. */
async function noteFailure(db, id, error) {
  const item = await db.get("outbox", id);
  if (!item) return;
  const tries = item.tries + 1;
  const reason = error.kind === "refused" ? { code: error.code, message: error.message } : { code: error.code || "network", message: "" };
  await change(db, item, { tries, last_try: Date.now(), next_try: Date.now() + Math.max(error.after, pause(tries)), reason, attention: error.kind === "refused" });
}

/** When there was no contact at all: the due items wait, the first one longest known. */
async function putOff(db, due, error) {
  if (error.kind !== "network") return;
  for (const { id } of due) {
    const item = await db.get("outbox", id);
    if (item && isOwed(item) && isDue(item)) await noteFailure(db, id, error);
  }
}

/** Milliseconds until the next try: doubling from 2 s to 5 min, with jitter so that a district does not call at once. */
export function pause(tries, random = Math.random) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries - 1, 10)) * (0.5 + random() / 2);
}

async function tokenAsk(round, method, path, body, type, limit) {
  try {
    return await ask(method, path, body, type, limit);
  } catch (error) {
    if (error.kind !== "csrf") throw error;
    await contact(round, true); // once: a fresh token
    return ask(method, path, body, type, limit).catch((second) => { throw second.kind === "csrf" ? new Failure("network", { code: "csrf", status: 400 }) : second; });
  }
}

/**
 * One request; resolves with the JSON of a real answer of ours and nothing else: status 200 or 201, not redirected, JSON, ok not false.
 * A captive portal's 200, a log-in page, a cut-off body are failures.
 */
async function ask(method, path, body, type = "application/json", limit = ASK_LIMIT) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, { "Content-Type": type, "X-CSRFToken": session?.csrf ?? "" });
  let answer, said = null;
  try {
    answer = await fetch(path, { method, body, headers, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout?.(limit) });
  } catch {
    throw new Failure("network");
  }
  try {
    if ((answer.headers.get("Content-Type") ?? "").includes("json")) said = await answer.json();
  } catch { /* truncated or not JSON: not an answer of ours */ }
  if ((answer.status === 200 || answer.status === 201) && answer.type !== "opaqueredirect" && !answer.redirected && said && said.ok !== false) return said;
  throw failureOf(answer, said);
}

/** Whether our server said it, or something between us and it (only ours names the status in its JSON). */
function failureOf(answer, said) {
  const { status } = answer;
  const after = Math.min(LONGEST_AFTER, (Number(answer.headers.get("Retry-After")) || 0) * 1000);
  const ours = said && said.ok === false && said.status === status;
  const about = { code: said?.error ?? `http_${status}`, message: said?.message ?? "", status: status || 1, after };
  if (!ours) return new Failure("network", { ...about, message: "" });
  if (status === 401) return new Failure("login", about);
  if (said.error === "disabled") return new Failure("disabled", about);
  if (said.error === "csrf") return new Failure("csrf", about);
  if ([413, 429].includes(status) || status >= 500) return new Failure(said.error === "photo_too_large" ? "refused" : "network", about);
  return new Failure("refused", about);
}

// --- receipts: does the server still hold what it has acknowledged?

async function receiptsDue(db) {
  if (await db.get("meta", "check_all")) return true;
  const last = (await db.get("meta", "checked_at")) ?? 0;
  const held = (await items(db)).filter((i) => i.state !== "queued");
  return held.some((i) => i.state === "received" && !isOwed(i) && Math.abs(Date.now() - i.received_at) >= VERIFY_AFTER && Math.abs(Date.now() - (i.checked_at ?? 0)) >= VERIFY_AFTER)
    || (held.length > 0 && Math.abs(Date.now() - last) >= CHECK_EVERY && last > 0);
}

/** Asks for all receipts; what is missing waits again, what a day later is there is verified. */
async function checkReceipts(round) {
  const { db } = round;
  const held = (await items(db)).filter((item) => item.state !== "queued");
  for (let at = 0; at < held.length; at += RECEIPTS_AT_ONCE) {
    const part = held.slice(at, at + RECEIPTS_AT_ONCE);
    const said = await tokenAsk(round, "POST", "/sync/receipts", JSON.stringify(part.map((i) => ({ mutation_id: i.id, payload_sha256: i.sha256 }))));
    if (!Array.isArray(said.missing) || !Array.isArray(said.photos_missing)) throw new Failure("network", { code: "not_ours" });
    const lost = new Set(said.missing), lostPhotos = new Set(said.photos_missing);
    for (const { id } of part) {
      const item = await db.get("outbox", id);
      if (!item) continue;
      const back = lost.has(id);
      const photos = item.photos.map((p) => ({ ...p, sent: p.sent && !back && !lostPhotos.has(p.sha256) }));
      const whole = !back && photos.every((p) => p.sent);
      const state = back ? "queued" : whole && Math.abs(Date.now() - item.received_at) >= VERIFY_AFTER ? "verified" : "received";
      await change(db, item, { state, photos, next_try: 0, checked_at: Date.now(), verified_at: state === "verified" ? item.verified_at ?? Date.now() : null });
    }
  }
  await db.put("meta", Date.now(), "checked_at");
  await db.delete("meta", "check_all");
}

/** Photos go once their record is verified, texts two weeks later; photos of nothing at all (a draft thrown away) after a day. */
async function purge(db) {
  const all = await items(db);
  const drafts = await db.getAll("drafts");
  const needed = new Set([...drafts.flatMap((d) => d.photos ?? []), ...all.filter((i) => i.state !== "verified").flatMap((i) => i.photos.map((p) => p.sha256))]);
  const keys = await db.getAllKeys("photos");
  const done = new Set(all.filter((i) => i.state === "verified").flatMap((i) => i.photos.map((p) => p.sha256)));
  const old = all.filter((i) => i.state === "verified" && Date.now() - i.verified_at > TEXTS_FOR);
  const gone = [];
  for (const sha256 of keys.filter((key) => !needed.has(key))) {
    const made = done.has(sha256) ? 0 : ((await db.get("thumbs", sha256))?.at ?? Date.now());
    if (done.has(sha256) || Math.abs(Date.now() - made) > DAY) gone.push(sha256);
  }
  if (!gone.length && !old.length) return;
  await keep(db, ["outbox", "photos", "thumbs"], async (store) => {
    for (const sha256 of gone) { await store("photos").delete(sha256); await store("thumbs").delete(sha256); }
    for (const { id } of old) await store("outbox").delete(id);
  });
}

/** Tells the server what this phone still holds, when that has changed or an hour has passed. */
async function report({ db }) {
  const { count, oldest } = await waiting(db);
  const last = await db.get("meta", "reported");
  if (last && last.count === count && Math.abs(Date.now() - last.at) < 3600_000) return;
  await tellServer(db, count, oldest);
}

async function tellServer(db, count, oldest, drill) {
  const offset = (await db.get("meta", "clock_offset_s")) ?? 0;
  const since = oldest === null ? null : new Date(oldest + offset * 1000);
  const said = { device_id: await deviceId(), waiting: count, oldest: since && Number.isFinite(since.getTime()) ? since.toISOString() : null, version: (await remembered("version")) ?? "", drill };
  await ask("POST", "/sync/device", JSON.stringify(said)).catch((error) => { if (error.kind !== "network" && error.kind !== "refused" && error.kind !== "csrf") throw error; });
  await db.put("meta", { count, at: Date.now() }, "reported");
}

/** Tells the server how the training drill went on this phone. Throws Failure without a network. */
export async function reportDrill(drill) {
  const { db, user } = await mine();
  await contact({ db, user });
  const { count, oldest } = await waiting(db);
  await tellServer(db, count, oldest, drill);
}
