import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUuid } from "./plainHttp";

test("UUIDs are of version 4 and differ", () => {
  const some = Array.from({ length: 50 }, randomUuid);
  for (const one of some) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(some).size, 50);
});
