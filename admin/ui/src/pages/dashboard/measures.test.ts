import assert from "node:assert/strict";
import { test } from "node:test";
import { change, drawn, filled, type Part, type Sums } from "./measures.ts";

const sums = (part: Partial<Sums>): Sums => ({ ...filled([], "2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z", "hour")[0], ...part }) as Sums;

test("hours without requests are there, and begin where the period begins", () => {
  const part = { ...sums({ requests: 3 }), at: "2026-01-01T02:00:00Z" } as Part;
  const rows = filled([part], "2026-01-01T01:00:00Z", "2026-01-01T04:30:00Z", "hour");
  assert.deepEqual(rows.map((row) => row.requests), [0, 3, 0, 0]);
  assert.equal(rows[0]?.at, "2026-01-01T01:00:00.000Z");
});

test("a change is a part of what was before; of shares it is the difference", () => {
  assert.equal(change("requests", sums({ requests: 150 }), sums({ requests: 100 })), 0.5);
  assert.equal(change("errors", sums({ requests: 1, error_share: 0.5 }), sums({ requests: 1, error_share: 0.25 })), 0.25);
  assert.equal(change("cost", sums({ requests: 5, cost: 9 }), sums({})), null);
});

test("cached tokens are not counted twice", () => {
  const parts = drawn("tokens", "own");
  const one = sums({ input_tokens: 100, cached_tokens: 60, output_tokens: 5 });
  assert.deepEqual(Object.values(parts).map((of) => of(one)), [40, 60, 5]);
});
