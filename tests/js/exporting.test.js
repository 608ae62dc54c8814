// Rows of a download are counted as they come, however the network cuts them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { counter, rowsCome } from "../../static/js/exporting.js";

const bytes = (text) => new TextEncoder().encode(text);
const counted = (sequence, pieces) => pieces.reduce((_, piece) => sequence(bytes(piece)), 0);

test("rows of a CSV are its line ends, not those within a cell", () => {
  assert.equal(counted(counter([13, 10]), ["a,b\r\n1,\"x\ny\"\r\n", "2,z\r\n"]), 3);
  assert.equal(rowsCome("csv", 3, 2), 2);
  assert.equal(rowsCome("csv", 0, 2), 0);
});

test("a line end that is cut in two counts once", () => {
  assert.equal(counted(counter([13, 10]), ["a\r", "\nb\r", "\r\n"]), 2);
});

test("photos of a ZIP are its entries", () => {
  assert.equal(counted(counter([0x50, 0x4b, 3, 4]), ["PK\x03\x04....P", "K\x03", "\x04PPK\x03\x04PK\x01\x02"]), 3);
});

test("what has come is never more than what was announced", () => {
  assert.equal(rowsCome("geojson", 12, 10), 10);
  assert.equal(rowsCome("photos", 3, 2), 2);
});
