// Answers are checked on the phone as on the server (tests/answers.json; tests/survey/test_answers.py holds the other half).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { wrongWith } from "../../static/js/checks.js";

const rows = JSON.parse(readFileSync(new URL("../answers.json", import.meta.url), "utf-8"));
const TODAY = new Date("2026-11-23T03:00:00Z");

for (const { kind, raw, error, limit, whole, range: [low = null, high = null] = [] } of rows) {
  test(`${kind} ${JSON.stringify(raw)} is ${error ?? "right"}`, () => {
    assert.equal(wrongWith({ kind, limit, whole, low, high }, raw, TODAY)?.code ?? null, error);
  });
}

test("a phone whose clock counts Buddhist years takes this year and refuses the next but one", () => {
  const buddhist = new Date("2569-11-23T03:00:00Z");
  assert.equal(wrongWith({ kind: "year" }, "2569", buddhist), null);
  assert.equal(wrongWith({ kind: "year" }, "2571", buddhist).code, "future_year");
});
