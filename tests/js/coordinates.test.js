// The reader of positions on the phone reads the same as the one on the server (tests/positions.json).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { formatPosition, readPosition } from "../../static/js/coordinates.js";

const rows = JSON.parse(readFileSync(new URL("../positions.json", import.meta.url), "utf-8"));
const TOLERANCE = 2e-7; // degrees, two centimetres: the two grid libraries differ by less

for (const row of rows) {
  test(`${row.error ?? row.source}: ${JSON.stringify(row.text)}`, () => {
    if (row.error) {
      assert.throws(() => readPosition(row.text), (error) => {
        assert.equal(error.code, row.error);
        if (row.position) assert.equal(error.position, row.position);
        return true;
      });
      return;
    }
    const { latitude, longitude, source } = readPosition(row.text);
    assert.ok(Math.abs(latitude - row.latitude) < TOLERANCE, `latitude ${latitude}`);
    assert.ok(Math.abs(longitude - row.longitude) < TOLERANCE, `longitude ${longitude}`);
    assert.equal(source, row.source);
  });
}

test("a position is written with five decimals and read back", () => {
  assert.equal(formatPosition(6.4255, 101.8253), "6.42550, 101.82530");
  const { latitude, longitude } = readPosition(formatPosition(-6.123456, 101.987654));
  assert.deepEqual([latitude, longitude], [-6.12346, 101.98765]);
});

test("a very long text is refused at once", () => {
  assert.throws(() => readPosition("6 ".repeat(5000)), { code: "position_unreadable" });
});
