// The outbox without a page: what counts as a receipt, in which order things go, what is tried again, what is never deleted.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true }); // no locks, no worker: one sender

const { drain, isOwed, pause, queue, waiting } = await import("../../static/js/outbox.js");
const { items, keep, remember, storeOf } = await import("../../static/js/store.js");
const { digest } = await import("../../static/js/shrink.js");

let number = 0, user = null, db = null, asked = [], server = null;

const json = (body, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

/** A server that behaves; tests replace single answers by `server[...]`. */
function honest(method, path, body) {
  if (path.startsWith("/sync/session")) return json({ uid: user.uid, csrf: "t", server_time: new Date().toISOString(), epoch: "e1", known: true });
  if (path.startsWith("/sync/device")) return json({ ok: true });
  if (path.startsWith("/sync/receipts")) return json({ ok: true, missing: [], photos_missing: [] });
  const id = path.split("/").pop();
  if (path.startsWith("/sync/photos")) return json({ ok: true, sha256: id }, 201);
  return digest(new Uint8Array(body)).then((sha256) => json({ ok: true, mutation_id: id, payload_sha256: sha256, receipt_no: "ABCDEFGHIJKL", rev: 1, epoch: "e1", conflicts: [],
    photos_missing: (JSON.parse(new TextDecoder().decode(body)).photos.add ?? []).map((p) => p.sha256) }, 201));
}

beforeEach(async () => {
  user = { uid: `u${(number += 1)}`, name: "ผู้ทดสอบ", role: "surveyor" };
  await remember("user", user);
  db = await storeOf(user.uid);
  asked = [];
  server = honest;
  globalThis.fetch = async (path, { method, body }) => { asked.push(`${method} ${path.split("?")[0]}`); return server(method, path, body); };
});

async function put(label, extra = {}, photos = []) {
  const add = [];
  for (const text of photos) {
    const bytes = new TextEncoder().encode(text), sha256 = await digest(bytes);
    await keep(db, ["photos", "thumbs"], async (store) => { await store("photos").put({ sha256, bytes: bytes.buffer, type: "image/jpeg" }); await store("thumbs").put({ sha256, bytes: null, size: bytes.length }); });
    add.push({ sha256 });
  }
  const record_id = extra.record_id ?? crypto.randomUUID();
  return queue({ kind: "site", op: "save", record_id, answers: { install_point: label }, photos: { add }, ...extra }, { label, site: extra.site ?? record_id, path: "/sites/new" }, null, user);
}

const state = async (item) => db.get("outbox", item.id);

test("a record, then its photos; received once and never asked again", async () => {
  const item = await put("หนึ่ง", {}, ["a", "b"]);
  assert.equal((await drain()).state, "done");
  assert.deepEqual(asked.map((a) => a.replace(/[0-9a-f-]{36,64}/, "…")), ["GET /sync/session", "PUT /sync/mutations/…", "PUT /sync/photos/…", "PUT /sync/photos/…", "POST /sync/device"]);
  assert.equal((await state(item)).receipt.receipt_no, "ABCDEFGHIJKL");
  asked = [];
  await drain({ now: true });
  assert.deepEqual(asked, []);
});

for (const [name, answer] of Object.entries({
  "a captive portal": () => new Response("<h1>WiFi</h1>", { status: 200, headers: { "Content-Type": "text/html" } }),
  "another message's receipt": () => json({ ok: true, mutation_id: "other", payload_sha256: "x" }, 201),
  "truncated JSON": () => new Response('{"ok": tr', { status: 201, headers: { "Content-Type": "application/json" } }),
  "JSON that says no": () => json({ ok: false, error: "x" }, 200),
  "an error after all": () => new Response("", { status: 500 }),
  "a proxy's 413": () => new Response("<h1>413</h1>", { status: 413 }),
  "a network that breaks": () => { throw new TypeError("Failed to fetch"); },
})) {
  test(`${name} is no receipt: the item waits, its bytes unchanged`, async () => {
    const item = await put("สอง");
    server = (method, path, body) => (path.startsWith("/sync/mutations") ? answer() : honest(method, path, body));
    await drain();
    const now = await state(item);
    assert.equal(now.state, "queued");
    assert.equal(now.tries, 1);
    assert.ok(now.next_try > Date.now() && !now.attention);
    assert.deepEqual(new Uint8Array(now.payload), new Uint8Array(item.payload));
    server = honest;
    assert.equal((await drain({ now: true })).state, "done");
  });
}

test("what the server refuses is for a person to look at, and holds up nothing else", async () => {
  const bad = await put("เสีย"), good = await put("ดี");
  server = (method, path, body) => (path.endsWith(bad.id) ? json({ ok: false, error: "same_id", message: "ซ้ำ", status: 409 }, 409) : honest(method, path, body));
  await drain();
  assert.equal((await state(bad)).attention, true);
  assert.equal((await state(bad)).reason.message, "ซ้ำ");
  assert.equal((await state(good)).state, "received");
  assert.equal((await waiting(db)).count, 1);
});

test("one site's items keep their order: what waits holds up what came after it, elsewhere nothing", async () => {
  const first = await put("ก่อน", { site: "s" }), second = await put("หลัง", { site: "s" }), other = await put("ที่อื่น");
  server = (method, path, body) => (path.endsWith(first.id) ? new Response("", { status: 503 }) : honest(method, path, body));
  await drain();
  assert.deepEqual([(await state(first)).state, (await state(second)).state, (await state(other)).state], ["queued", "queued", "received"]);
  server = honest;
  asked = [];
  await drain(); // the first is not due yet: the second must not overtake it
  assert.ok(!asked.some((a) => a.endsWith(second.id)));
  await drain({ now: true });
  const sent = asked.filter((a) => a.includes("/mutations/")).map((a) => a.split("/").pop());
  assert.deepEqual(sent, [first.id, second.id]);
});

test("a refused photo stays on this phone and is tried again by hand", async () => {
  const item = await put("ภาพเสีย", {}, ["damaged"]);
  server = (method, path, body) => (path.startsWith("/sync/photos") ? json({ ok: false, error: "photo_damaged", message: "เสียหาย", status: 422 }, 422) : honest(method, path, body));
  await drain();
  const now = await state(item);
  assert.ok(now.attention && isOwed(now) && now.state === "received");
  assert.equal((await db.getAll("photos")).length, 1);
  server = honest;
  await drain({ now: true });
  assert.ok(!isOwed(await state(item)));
});

test("a lost session keeps everything; somebody else's session sends nothing of mine", async () => {
  const item = await put("ของฉัน");
  server = (method, path, body) => (path.startsWith("/sync/session") ? json({ ok: false, error: "login_needed", status: 401 }, 401) : honest(method, path, body));
  assert.equal((await drain()).state, "login");
  server = (method, path, body) => (path.startsWith("/sync/session") ? json({ uid: "another", csrf: "t", name: "คนอื่น", server_time: "", epoch: "e1", known: true }) : honest(method, path, body));
  assert.equal((await drain({ now: true })).state, "other");
  assert.equal((await state(item)).state, "queued");
  assert.ok(!asked.some((a) => a.includes("/mutations/")));
  server = honest;
  await remember("user", user);
  assert.equal((await drain({ now: true })).state, "done");
});

test("a stale token is fetched again once, and the item goes", async () => {
  const item = await put("โทเค็นเก่า");
  let refused = false;
  server = (method, path, body) => {
    if (!path.startsWith("/sync/mutations") || refused) return honest(method, path, body);
    refused = true;
    return json({ ok: false, error: "csrf", status: 400 }, 400);
  };
  await drain();
  assert.equal((await state(item)).state, "received");
});

test("photos leave the phone only when a day later the server still has them", async () => {
  const item = await put("ตรวจซ้ำ", {}, ["kept"]);
  await drain();
  assert.equal((await db.getAll("photos")).length, 1);
  const { sha256 } = item.photos[0];
  await db.put("outbox", { ...(await state(item)), received_at: Date.now() - 25 * 3600_000 });
  server = (method, path, body) => (path.startsWith("/sync/receipts") ? json({ ok: true, missing: [], photos_missing: [sha256] }) : honest(method, path, body));
  await drain();
  assert.ok(isOwed(await state(item)) && (await db.getAll("photos")).length === 1, "the server lost it: it goes again");
  server = honest;
  await drain({ now: true });
  await db.put("outbox", { ...(await state(item)), received_at: Date.now() - 25 * 3600_000, checked_at: 0 });
  await drain();
  assert.equal((await state(item)).state, "verified");
  assert.equal((await db.getAll("photos")).length, 0);
  assert.ok(await state(item), "the text stays two weeks longer");
});

test("a server with another name is asked for all receipts, and what it lost waits again", async () => {
  const item = await put("กู้คืน");
  await drain();
  const next = await put("ถัดไป");
  server = (method, path, body) => {
    if (path.startsWith("/sync/session")) return json({ uid: user.uid, csrf: "t", server_time: new Date().toISOString(), epoch: "e2", known: false });
    if (path.startsWith("/sync/receipts")) return json({ ok: true, missing: [item.id], photos_missing: [] });
    return honest(method, path, body);
  };
  await db.put("meta", "e1", "epoch");
  const realNow = Date.now;
  Date.now = () => realNow() + 120_000; // the session that is known is too old to serve
  await drain({ now: true });
  server = honest;
  await drain({ now: true });
  Date.now = realNow;
  const again = asked.filter((a) => a.endsWith(`/mutations/${item.id}`)).length;
  assert.equal(again, 2);
  assert.equal((await state(next)).state, "received");
});

test("the pause doubles from two seconds to five minutes, never in step with others", () => {
  assert.equal(pause(1, () => 1), 2_000);
  assert.equal(pause(1, () => 0), 1_000);
  assert.equal(pause(4, () => 1), 16_000);
  assert.equal(pause(50, () => 1), 300_000);
});

test("a clock that jumped back by years does not keep an item waiting", async () => {
  const item = await put("นาฬิกา");
  await db.put("outbox", { ...(await state(item)), next_try: Date.now() + 543 * 365 * 24 * 3600_000 });
  await drain();
  assert.equal((await state(item)).state, "received");
});

test("two items in a row keep their order numbers", async () => {
  await put("ก");
  await put("ข");
  assert.deepEqual((await items(db)).map((i) => i.label), ["ก", "ข"]);
});
