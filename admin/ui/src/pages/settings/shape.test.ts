import assert from "node:assert/strict";
import { test } from "node:test";
import { choices, example, kindOf, matches, type Setting } from "./shape.ts";

const setting = (form: object, more: Partial<Setting> = {}): Setting => ({
  name: "x", key: "a.x", unit: "", description: "", form: form as Setting["form"], default: null, value: null, source: "default", secret: false, public: false,
  restart: false, changed_by: null, changed_at: null, ...more,
});

test("each form of a value has a field", () => {
  const kinds: [object, string, Partial<Setting>?][] = [
    [{ type: "boolean" }, "switch"],
    [{ type: "string", maxLength: 200 }, "secret", { secret: true }],
    [{ type: "string", enum: ["a", "b"] }, "choice"],
    [{ anyOf: [{ enum: ["en", "fr"], type: "string" }, { const: "auto", type: "string" }] }, "choice"],
    [{ anyOf: [{ type: "number" }, { type: "string" }] }, "amount"],
    [{ type: "integer" }, "number"],
    [{ type: "integer" }, "nano", { unit: "nano-USD" }],
    [{ type: "integer" }, "share", { unit: "millionths" }],
    [{ type: "array", items: { type: "string" } }, "tags"],
    [{ type: "array", items: { type: "integer" } }, "numbers"],
    [{ type: "array", items: { enum: ["a"], type: "string" } }, "choices"],
    [{ type: "array", items: { $ref: "#/$defs/Product" } }, "json"],
    [{ type: "object", additionalProperties: { type: "string" } }, "pairs"],
    [{ type: "object" }, "json"],
    [{ type: "string", maxLength: 1000 }, "long"],
    [{ type: "string", maxLength: 2048, pattern: "^https" }, "text"],
    [{}, "json"],
  ];
  for (const [form, kind, more] of kinds) assert.equal(kindOf(setting(form, more)), kind, JSON.stringify(form));
});

test("choices of several schemas are one list, and none when one of them is open", () => {
  assert.deepEqual(choices({ anyOf: [{ enum: ["en"] }, { const: "auto" }] }), ["en", "auto"]);
  assert.deepEqual(choices({ anyOf: [{ enum: ["en"] }, { type: "string" }] }), []);
});

test("examples and searching", () => {
  assert.equal(example(setting({ examples: [["10.0.0.0/8"]] })), "10.0.0.0/8");
  assert.equal(example(setting({ examples: [{ a: 1 }] })), "");
  assert.ok(matches(["SMTP server", "mail.host"], "host smtp"));
  assert.ok(!matches(["SMTP server", "mail.host"], "host imap"));
});
