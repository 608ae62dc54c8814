// A pin set from afar is not exact: the map's scale says how far it may be off.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tapAccuracy } from "../../static/js/map.js";

test("a tap is off by a finger's width at the map's scale", () => {
  assert.ok(tapAccuracy(6.4, 18) < 10);
  assert.ok(tapAccuracy(6.4, 10) > 2000);
  assert.ok(tapAccuracy(18, 16) < tapAccuracy(6, 16));
});
