import assert from "node:assert/strict";
import { test } from "node:test";
import { largest, rowsOf, sorted, steps, type Total } from "./measures.ts";
import { mixed, periodOf } from "./period.ts";

const total = (part: Partial<Total>): Total => ({
  group: "", requests: 0, errors: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0, cost: 0, provider_cost: 0,
  mean_total_us: 0, mean_first_token_us: 0, error_share: 0, cache_share: 0, ...part,
});
const NOW = Date.parse("2026-03-10T12:34:00Z");

test("the last days begin with a day, the last hours with an hour, and what somebody chose stays", () => {
  assert.equal(periodOf("7d", NOW).from, "2026-03-03T00:00:00.000Z");
  assert.equal(periodOf("7d", NOW).per, "day");
  assert.equal(periodOf("24h", NOW).from, "2026-03-09T13:00:00.000Z");
  assert.equal(periodOf("24h", NOW).per, "hour");
  assert.equal(periodOf("15m", NOW).from, "2026-03-10T12:00:00.000Z");
  assert.equal(periodOf("2026-03-01T01:02:03Z~", NOW).from, "2026-03-01T01:02:03.000Z");
  assert.equal(periodOf("~2026-03-01T00:00:00Z", NOW).since, null);
});

test("who asks and what is asked do not mix by hour", () => {
  assert.equal(mixed(["user", "key"]), false);
  assert.equal(mixed(["model", "status"]), false);
  assert.equal(mixed(["user", "model"]), true);
});

test("what is not drawn by itself is the rest, and an hour without requests is there", () => {
  const period = periodOf("3h", NOW);
  const series = [
    total({ at: "2026-03-10T10:00:00Z", group: "a", requests: 5 }), total({ at: "2026-03-10T10:00:00Z", group: "b", requests: 2 }),
    total({ at: "2026-03-10T12:00:00Z", group: "c", requests: 1, error_share: 0.5 }),
  ];
  const groups = [total({ group: "b", requests: 2 }), total({ group: "a", requests: 5 }), total({ group: "c", requests: 1 })];
  const top = largest(groups, "requests", 1);
  assert.deepEqual(rowsOf(series, period, top, "requests").map((row) => row.values), [{ s0: 0, rest: 0 }, { s0: 5, rest: 2 }, { s0: 0, rest: 0 }, { s0: 0, rest: 1 }]);
  assert.deepEqual(rowsOf(series, period, groups, "errors").map((row) => row.values), [{}, { s0: 0, s1: 0 }, {}, { s2: 0.5 }]);
  assert.equal(steps(series, { ...period, since: null }).length, 3);
  assert.deepEqual(steps([], { ...period, since: null }).map((step) => step.parts), [[]]);
});

test("a table is sorted by numbers and by names", () => {
  const groups = [total({ group: "b", cost: 3 }), total({ group: "a", cost: 1 }), total({ group: "c", cost: 2 })];
  const order = (by: string) => sorted(groups, by).map((one) => one.group).join("");
  assert.deepEqual([order("group"), order("-group"), order("cost"), order("-cost")], ["abc", "cba", "acb", "bca"]);
});
