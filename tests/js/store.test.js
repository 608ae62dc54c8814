// What this phone keeps when its pages come and go: a page that is left does not hold up the next one.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { mock, test } from "node:test";

globalThis.window = new EventTarget();
globalThis.document = new EventTarget();
const { keep, listen, storeOf, tell } = await import("../../static/js/store.js");

/** Leaves the page, for the way back (persisted) or for good, and shows it again. */
const leave = (persisted) => window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted }));
const comeBack = () => window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));

/** A long write that is under way when it resolves; `ended` is how it goes out. */
async function longWrite(db) {
  let begun;
  const isUnderWay = new Promise((resolve) => { begun = resolve; });
  const ended = keep(db, ["meta"], async (store) => {
    for (let n = 0; n < 50; n++) { await store("meta").put(n, "n"); begun(); }
  }).then(() => "written", (error) => error.name);
  await isUnderWay;
  return { ended };
}

test("a page that is left ends its transactions, and writes again when it is shown again", async () => {
  const db = await storeOf("a");
  const write = await longWrite(db);
  leave(true);
  assert.equal(await write.ended, "AbortError");
  await assert.rejects(async () => db.put("meta", 1, "n"), { name: "AbortError" }); // nothing begins while it is asleep
  await assert.rejects(keep(db, ["meta"], async () => {}), { name: "AbortError" });
  comeBack();
  assert.equal(await db.get("meta", "n"), undefined);
  await db.put("meta", "again", "n");
  assert.equal(await db.get("meta", "n"), "again");
});

test("a page that is closed for good may finish what it writes", async () => {
  const db = await storeOf("b");
  const write = await longWrite(db);
  leave(false);
  assert.equal(await write.ended, "written");
  assert.equal(await db.get("meta", "n"), 49);
});

test("a change is heard at once, a hundred more of them once, and the last is never missed", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const heard = [];
    let count = 0;
    listen((what) => heard.push([what, count]));
    for (count = 1; count <= 100; count++) tell("outbox");
    tell("user"); // of something else is heard at once
    count = 100;
    assert.deepEqual(heard, [["outbox", 1], ["user", 101]]);
    mock.timers.tick(400);
    assert.deepEqual(heard.slice(2), [["outbox", 100]]);
    mock.timers.tick(4_000);
    assert.equal(heard.length, 3);
    tell("outbox");
    assert.equal(heard.length, 4);
  } finally {
    mock.timers.reset();
  }
});
