import assert from "node:assert/strict";
import test from "node:test";
import { bodyOf, FRESH, secretsOf, valuesOf } from "./values.ts";

test("several lines are several keys", () => {
  assert.deepEqual(secretsOf(" sk-1 \n\n sk-2\n"), ["sk-1", "sk-2"]);
});

test("a new channel tells its models under their names, and what is empty as null", () => {
  const body = bodyOf({ ...FRESH, name: "a", provider: "openai", models: ["m"], renamed: [{ name: "n", to: "up" }, { name: " ", to: "x" }], settings: { proxy: "", region: "eu" } });
  assert.deepEqual(body.models, { m: "", n: "up" });
  assert.equal(body.groups, null);
  assert.equal(body.base_url, null);
  assert.equal(body.settings?.region, "eu");
  assert.equal(body.settings?.proxy, null);
  assert.equal("secret" in body, false);
});

test("the provider's own address is no address of the channel", () => {
  const channel = { name: "a", provider: "openai", base_url: "https://own/v1", models: { m: "", n: "up" }, settings: { region: "eu", param_override: {} }, headers: {}, priority: 1, weight: 2, enabled: true };
  const values = valuesOf(channel as never, "https://own/v1");
  assert.equal(values.base_url, "");
  assert.deepEqual(values.models, ["m"]);
  assert.deepEqual(values.renamed, [{ name: "n", to: "up" }]);
  assert.deepEqual(values.settings, { region: "eu" });
});
