import assert from "node:assert/strict";
import { test } from "node:test";
import { rangeOf, readState, viewOf, writeState } from "./listState";

const url = (text: string) => new URLSearchParams(text);

test("what is written is read again", () => {
  const written = writeState(url("peek=4&after=abc"), { q: "a b", sort: "-id", size: 100, filters: { kind: "faq" } }, "name");
  assert.equal(written.get("after"), null);
  assert.equal(written.get("peek"), "4");
  assert.deepEqual(readState(written, ["kind"], "name"), { q: "a b", sort: "-id", size: 100, after: "", filters: { kind: "faq" } });
});
test("the usual is not written", () => assert.equal(writeState(url("sort=x&size=100"), { sort: "name", size: 50 }, "name").toString(), ""));
test("a size that nobody offers is the usual one", () => assert.equal(readState(url("size=9999"), [], "").size, 50));
test("a filter cannot take a name of the list", () => assert.throws(() => readState(url(""), ["peek"], "")));
test("a view is what is seen, not where in it", () => assert.equal(viewOf(url("sort=a&peek=1&after=b&new=1&kind=c")), "kind=c&sort=a"));
test("a range ends now, or is two times", () => {
  assert.deepEqual(rangeOf("24h", 86_400_000), { from: "1970-01-01T00:00:00.000Z", to: null });
  assert.deepEqual(rangeOf("2026-01-01T00:00:00Z~", 0), { from: "2026-01-01T00:00:00.000Z", to: null });
  assert.deepEqual(rangeOf("nonsense", 0), { from: null, to: null });
});
