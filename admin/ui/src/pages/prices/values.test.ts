import assert from "node:assert/strict";
import test from "node:test";
import { bodyOf, fresh, newTier, valuesOf } from "./values.ts";

test("what is empty is not told, and amounts stay text", () => {
  const values = fresh();
  values.model = " m ";
  values.amounts.input = "0.000000001";
  values.amounts.output = "3";
  values.tiers = [{ ...newTier(), above: 200000, input: "6" }];
  values.images = [{ name: "1024x1024", amount: "0.04" }, { name: "", amount: "1" }];
  assert.deepEqual(bodyOf(values), {
    model: "m", provider: "", effective_from: null, input: "0.000000001", output: "3", tiers: [{ above: 200000, input: "6" }], windows: [], images: { "1024x1024": "0.04" }, tools: {},
  });
});

test("by ratios nothing else is told", () => {
  const values = { ...fresh(), model: "m", by: "ratios" as const };
  values.ratios.model_ratio = "1.5";
  assert.deepEqual(bodyOf(values), { model: "m", provider: "", effective_from: null, ratios: { model_ratio: "1.5" } });
});

test("a stored version goes back into the form unchanged", () => {
  const stored = { model: "m", provider: "p", input: "1", output: "2", cache_read: null, tiers: [{ above: 5, input: "3", output: null }], windows: [{ start: "22:00", end: "06:00", ratio: "0.5", days: [5] }], images: {}, tools: { search: "0.01" }, ratios: null };
  const body = bodyOf(valuesOf(stored as never));
  assert.deepEqual(body.tiers, [{ above: 5, input: "3" }]);
  assert.deepEqual(body.windows, stored.windows);
  assert.deepEqual(body.tools, stored.tools);
  assert.equal("cache_read" in body, false);
});
