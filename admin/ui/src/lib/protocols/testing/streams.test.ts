/** A small stream of each protocol, with every kind of block, cut at every byte and by every length. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "~/lib/protocols/fold";
import { PROTOCOLS, type ProtocolName } from "~/lib/protocols";
import { folded, inPieces } from "./reading";
import { SAMPLES } from "./samples";

const THOUGHT = "Look it up: 東京 ☂";
const WORDS = "Wait — ümläut 🚀 done.";

function checked(name: ProtocolName, answer: Answer): void {
  const [thought, text, call] = answer.blocks;
  assert.equal(answer.blocks.length, 3);
  assert.equal(thought?.type === "thinking" && thought.text, THOUGHT);
  assert.equal(thought?.type === "thinking" && thought.by, name);
  assert.equal(text?.type === "text" && text.text, WORDS);
  assert.deepEqual(call?.type === "call" && [call.id, call.name, JSON.parse(call.arguments)], [
    "call_7",
    "weather",
    { city: "東京", days: 2 },
  ]);
  assert.deepEqual(answer.usage, { input: 120, output: 45, cached: 20, reasoning: 15 });
  assert.equal(answer.finish, "tool");
  assert.equal(answer.error, undefined);
}

for (const name of Object.keys(PROTOCOLS) as ProtocolName[]) {
  const bytes = new TextEncoder().encode(SAMPLES[name]);
  test(`${name}: whole`, () => checked(name, folded(PROTOCOLS[name], [bytes])));
  test(`${name}: cut at every byte`, () => {
    for (let at = 1; at < bytes.length; at++) {
      checked(name, folded(PROTOCOLS[name], [bytes.subarray(0, at), bytes.subarray(at)]));
    }
  });
  test(`${name}: in pieces of every length`, () => {
    for (let size = 1; size < 40; size++) checked(name, folded(PROTOCOLS[name], inPieces(bytes, size)));
  });
  test(`${name}: with other line ends`, () => {
    for (const end of ["\r\n", "\r"]) {
      const other = new TextEncoder().encode(SAMPLES[name].replaceAll("\n", end));
      checked(name, folded(PROTOCOLS[name], inPieces(other, 1)));
    }
  });
  test(`${name}: cut short anywhere, nothing that was not said`, () => {
    for (let at = 0; at < bytes.length; at++) {
      const { blocks } = folded(PROTOCOLS[name], [bytes.subarray(0, at)]);
      for (const block of blocks) {
        if (block.type === "text") assert.ok(WORDS.startsWith(block.text));
        if (block.type === "thinking") assert.ok(THOUGHT.startsWith(block.text));
      }
    }
  });
}

test("proofs of thoughts are kept for their maker", () => {
  const of = (name: ProtocolName) => folded(PROTOCOLS[name], [new TextEncoder().encode(SAMPLES[name])]).blocks;
  assert.deepEqual(of("messages")[0], { type: "thinking", text: THOUGHT, by: "messages", signature: "sig+A==" });
  assert.deepEqual(of("responses")[0], { type: "thinking", text: THOUGHT, by: "responses", id: "rs_1", encrypted: "enc+B==" });
  assert.equal((of("gemini")[2] as { signature?: string }).signature, "sig+C==");
  assert.deepEqual((of("chat")[0] as { details?: unknown[] }).details, [
    { type: "reasoning.text", signature: "sig+D==", format: "anthropic-claude-v1", index: 0 },
  ]);
});
