import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, FRESH, lines, moved, pieces } from "./shape.ts";

const rules = (...positions: number[]) => positions.map((position, at) => ({ id: at + 1, position }));

test("a moved rule changes as few positions as it can", () => {
  assert.deepEqual(moved(rules(10, 20, 30), 2, 1), [{ id: 3, position: 20 }, { id: 2, position: 30 }]);
  assert.deepEqual(moved(rules(100, 100, 100), 2, 0), [{ id: 1, position: 101 }, { id: 2, position: 102 }]);
  assert.deepEqual(moved(rules(10, 20), 0, -1), []);
  assert.deepEqual(moved(rules(10, 20), 1, 2), []);
});

test("what was found is counted in characters", () => {
  const finding = { rule: "r", action: "mask" as const, kind: "email", start: 2, end: 5 };
  assert.deepEqual(pieces("😀 a@b c", [finding]), [{ text: "😀 " }, { text: "a@b", found: finding }, { text: " c" }]);
  assert.deepEqual(pieces("abc", []), [{ text: "abc" }]);
  const inner = { ...finding, start: 3, end: 4 };
  assert.equal(pieces("0123456", [finding, inner]).length, 3);
});

test("a body has what its kind needs", () => {
  const words = bodyOf({ ...FRESH, name: " a ", kind: "words", words: "one\n\n two \none" });
  assert.deepEqual(words.words, ["one", "two"]);
  assert.equal(words.name, "a");
  assert.equal(words.models, null);
  assert.ok(!("detectors" in words) && !("secret" in words));
  assert.ok(!("words" in bodyOf({ ...FRESH, kind: "words", words: "one" }, false)));
  assert.deepEqual(bodyOf({ ...FRESH, key_ids: ["7"] }).key_ids, [7]);
  assert.deepEqual(lines("a\r\nb"), ["a", "b"]);
});
