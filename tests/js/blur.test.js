// Areas to blur are fractions of the picture, whatever corner the finger starts from.

import assert from "node:assert/strict";
import { test } from "node:test";

import { between } from "../../static/js/blur.js";

test("a rectangle from any corner to any other", () => {
  const expected = [0.1, 0.2, 0.3, 0.4];
  for (const [from, to] of [[[0.1, 0.2], [0.4, 0.6]], [[0.4, 0.6], [0.1, 0.2]], [[0.4, 0.2], [0.1, 0.6]], [[0.1, 0.6], [0.4, 0.2]]]) {
    assert.deepEqual(between(from, to), expected);
  }
});
