// The phone's position: keeps the best fix, refuses old ones, stops at 5 m.

import assert from "node:assert/strict";
import { test } from "node:test";

import { better, distance, isFresh, quality, watch } from "../../static/js/fixes.js";

const fix = (accuracy, age = 0) => ({ timestamp: Date.now() - age, coords: { latitude: 6.4, longitude: 101.8, accuracy } });

/** A geolocation that hands out these fixes or errors at once. */
function phone(events) {
  const cleared = [];
  return { cleared, watchPosition(found, failed) { queueMicrotask(() => events.forEach((e) => (e.coords ? found(e) : failed(e)))); return 7; }, clearWatch: (id) => cleared.push(id) };
}

async function watched(events) {
  const seen = [], failures = [], device = phone(events);
  watch((f, done) => seen.push([f.coords.accuracy, done]), (why) => failures.push(why), device);
  await Promise.resolve();
  return { seen, failures, cleared: device.cleared };
}

test("only better fixes are reported, and 5 m ends the watching", async () => {
  const { seen, cleared } = await watched([fix(80), fix(120), fix(20), fix(4)]);
  assert.deepEqual(seen, [[80, false], [20, false], [4, true]]);
  assert.deepEqual(cleared, [7]);
});

test("a fix older than 10 s is refused, however accurate", async () => {
  const { seen } = await watched([fix(3, 11_000), fix(40, 2_000)]);
  assert.deepEqual(seen, [[40, false]]);
  assert.equal(isFresh(fix(3, 9_000)), true);
});

test("a refusal by the person and no signal are told apart", async () => {
  assert.deepEqual((await watched([{ code: 1 }])).failures, ["denied"]);
  assert.deepEqual((await watched([{ code: 2 }])).failures, ["unavailable"]);
  assert.deepEqual((await watched([fix(30), { code: 3 }])).failures, []); // a fix that is there stays
});

test("a phone without geolocation says so", () => {
  const failures = [];
  watch(() => {}, (why) => failures.push(why), null);
  assert.deepEqual(failures, ["unavailable"]);
});

test("accuracy has three qualities, 50 m is the last that is fair", () => {
  assert.deepEqual([5, 20, 21, 50, 51].map(quality), ["good", "good", "fair", "fair", "poor"]);
  assert.equal(better(null, fix(9)).coords.accuracy, 9);
});

test("distances in metres", () => {
  assert.ok(Math.abs(distance(13.75, 100.5, 13.75, 100.5)) < 1e-9);
  assert.ok(Math.abs(distance(6, 101, 7, 101) - 111_195) < 30);
});
