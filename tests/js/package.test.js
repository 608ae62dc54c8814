// The known records on this phone without a page: what is near, what has the words, with what was recorded here on top.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { before, test } from "node:test";

Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true }); // no locks

const { distance } = await import("../../static/js/fixes.js");
const { camerasOf, cellOf, known, nearby, ownWork, refresh, search } = await import("../../static/js/package.js");
const { remember, storeOf } = await import("../../static/js/store.js");

const HERE = [6.4255, 101.8253];
let db = null, dice = 7;
const random = () => (dice = (dice * 16807) % 2147483647) / 2147483647;

const SITES = Array.from({ length: 700 }, (_, n) => {
  const lat = HERE[0] + (random() - 0.5) / (n % 3 ? 40 : 5), lon = HERE[1] + (random() - 0.5) / (n % 3 ? 40 : 5);
  return { id: `s${n}`, rev: n + 1, answers: { install_point: `แยกที่ ${n}`, place: n === 600 ? "Talat Kao" : "" }, lat, lon, at: "2026-01-01T00:00:00Z" };
});
const CAMERAS = SITES.slice(0, 50).flatMap(({ id }, n) => [0, 1].map((k) => ({ id: `${id}c${k}`, rev: 1000 + n, site: id, answers: { label: `CAM-${k}`, status: "working" }, status_at: "2026-01-01T00:00:00Z" })));

const item = (order, parts) => ({ id: `i${order}`, order, op: "save", state: "queued", photos: [], queued_at: Date.now(), ...parts });

before(async () => {
  await remember("user", { uid: "u", name: "ผู้ทดสอบ", role: "surveyor" });
  db = await storeOf("u");
  const pages = [{ sites: SITES.slice(0, 400), cameras: [], next: true, rev: 400, since: 0 }, { sites: SITES.slice(400), cameras: CAMERAS, next: false, rev: 2000, since: 400 }];
  globalThis.fetch = async () => new Response(JSON.stringify({ ok: true, epoch: "e", scope: "x", points: [], gone: [], agencies: ["เทศบาล"], areas: {}, ...pages.shift() }));
  assert.equal((await refresh(true)).sites, SITES.length);
  const waits = [
    item(1, { kind: "site", record_id: "mine", answers: { install_point: "จุดของฉัน" }, place: [HERE[0] + 0.0001, HERE[1]] }),
    item(2, { kind: "camera", record_id: "mc", parent: "s3", answers: { label: "ของฉัน", status: "degraded" } }),
    item(3, { kind: "update", record_id: "u1", parent: "s3c0", answers: { status: "not_working" } }),
    item(4, { kind: "update", record_id: "u2", parent: "s4c0", answers: { status: "removed" }, queued_at: Date.parse("2025-01-01") }), // older than what the package says
    item(5, { kind: "site", record_id: "s9", answers: { install_point: "แยกที่แก้แล้ว" }, place: [SITES[9].lat, SITES[9].lon] }),
  ];
  for (const one of waits) await db.put("outbox", one);
});

for (const [metres, most] of [[50, 3], [400, 5], [5_000, 50], [5_000, 1_000], [30_000, 60]]) {
  test(`the nearest sites are found going outwards: ${most} within ${metres} m`, async () => {
    const all = [...SITES, { id: "mine", lat: HERE[0] + 0.0001, lon: HERE[1] }].map((s) => [s.id, distance(...HERE, s.lat, s.lon)]);
    const expected = all.filter(([, far]) => far <= metres).sort((a, b) => a[1] - b[1]).slice(0, most).map(([id]) => id);
    const found = await nearby(db, ...HERE, metres, most);
    assert.deepEqual(found.map(({ site }) => site.id), expected);
    assert.ok(found.every(({ site, own }) => own === (site.id === "mine")));
  });
}

test("a site that was received is not said to wait any longer", async () => {
  const waits = await db.get("outbox", "i1");
  await db.put("outbox", { ...waits, state: "received" });
  assert.deepEqual((await nearby(db, ...HERE, 50)).filter(({ site }) => site.id === "mine").map(({ own }) => own), [false]);
  await db.put("outbox", waits);
});

test("cells of a position are those by which sites are kept", () => {
  assert.equal(cellOf(6.4255, 101.8253), "642:10182");
});

test("sites are found by any of their words, those recorded here first, each once", async () => {
  assert.deepEqual((await search(db, "talat KAO")).map(({ site }) => site.id), ["s600"]);
  assert.deepEqual((await search(db, "แก้แล้ว")).map(({ site }) => site.id), ["s9"]);
  assert.deepEqual((await search(db, "แยกที่ 9")).filter(({ site }) => site.id === "s9"), []); // its name as edited here counts
  assert.equal((await search(db, "แยก", 50)).length, 50);
  const first = await search(db, "", 30);
  assert.equal(first.length, 30);
  assert.deepEqual(first.slice(0, 2).map(({ site, own }) => [site.id, own]), [["mine", true], ["s9", true]]);
});

test("a camera shows the condition that was seen last, here or there", async () => {
  assert.deepEqual((await camerasOf(db, "s3")).map((c) => [c.id, c.answers.status]), [["s3c0", "not_working"], ["s3c1", "working"], ["mc", "degraded"]]);
  assert.equal((await known(db, "cameras", "s3c0")).answers.status, "not_working");
  assert.deepEqual((await camerasOf(db, "s4")).map((c) => c.answers.status), ["working", "working"]);
  assert.equal((await known(db, "sites", "s9")).answers.install_point, "แยกที่แก้แล้ว");
});

test("a list of many sites reads what was recorded here once", async () => {
  const own = await ownWork(db);
  let reads = 0;
  const { getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.getAll = function (...asked) { if (this.name === "outbox") reads += 1; return getAll.apply(this, asked); };
  try {
    await Promise.all(SITES.slice(0, 50).map(({ id }) => camerasOf(db, id, own)));
    assert.equal(reads, 0);
    await ownWork(db);
    assert.equal(reads, 1);
  } finally {
    IDBObjectStore.prototype.getAll = getAll;
  }
});
