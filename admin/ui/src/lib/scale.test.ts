import assert from "node:assert/strict";
import { test } from "node:test";
import { every, stack, steps } from "./scale.ts";

test("an axis has round steps up to its largest value", () => {
  assert.deepEqual(steps(0, 4), [0, 1]);
  assert.deepEqual(steps(4, 4), [0, 1, 2, 3, 4]);
  assert.deepEqual(steps(97, 4), [0, 25, 50, 75, 100]);
  assert.deepEqual(steps(1_000_000, 4), [0, 250_000, 500_000, 750_000, 1_000_000]);
  for (const most of [0.03, 0.7, 3, 11, 99, 101, 12_345, 7e9]) {
    const found = steps(most, 4);
    assert.ok((found.at(-1) ?? 0) >= most && found.length <= 5, `${most}: ${found}`);
  }
});

test("what comes in ones has whole steps", () => {
  assert.deepEqual(steps(1, 4, true), [0, 1]);
  assert.deepEqual(steps(3, 4, true), [0, 1, 2, 3]);
  assert.deepEqual(steps(10, 4, true), [0, 5, 10]);
  assert.deepEqual(steps(100, 4, true), [0, 25, 50, 75, 100]);
});

test("labels are left out where there is no room", () => {
  assert.equal(every(7, 10), 1);
  assert.equal(every(24, 10), 3);
  assert.equal(every(24, 0), 24);
});

test("series lie on each other", () => {
  assert.deepEqual(stack([1, 2, 3]), [0, 1, 3]);
});
