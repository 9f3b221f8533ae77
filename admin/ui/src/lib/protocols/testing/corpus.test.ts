/** Every recorded answer that a conversation could get, against an independent reading of the same bytes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Fold } from "~/lib/protocols/fold";
import { parse } from "~/lib/protocols/json";
import { PROTOCOLS, type ProtocolName } from "~/lib/protocols";
import { folded, inPieces, reduced } from "./reading";

const FORMATS: Record<string, ProtocolName> = {
  "openai-chat": "chat",
  "openai-responses": "responses",
  "anthropic-messages": "messages",
  "gemini-generate": "gemini",
};
const file = join(process.cwd(), "../../../shared/corpora/recorded_dev.jsonl.gz");
const skip = existsSync(file) ? false : "the recordings are not here";

/** What the playground reads otherwise than the reference: each with why. */
const APART: [RegExp, string][] = [
  [/"function_call":\s*\{/, "functions of before 2023-11, which no request of ours asks for"],
  [/"refusal":\s*"/, "a refusal is shown as the text it is"],
  [/"(function_call|tool_calls)[\s\S]*"name":\s*""/, "a call without a name"],
  [/(event: response\.created[\s\S]*){2}/, "two answers in one stream"],
];
const IDS = new Set(["rbda4c11df7"]); // an error in place of an answer, whose usage is not read

test("recorded answers", { skip }, () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n")) {
    if (line === "") continue;
    const record = JSON.parse(line);
    const protocol = PROTOCOLS[FORMATS[record.format] as ProtocolName];
    if (protocol === undefined || record.status >= 400 || record.canon === null) continue;
    const bytes = Buffer.from(record.body_b64, "base64");
    const said = bytes.toString("utf8");
    const openai = protocol.name === "chat" || protocol.name === "responses";
    if (IDS.has(record.id) || (openai && APART.some(([form]) => form.test(said)))) continue;
    seen += 1;
    let got: unknown;
    if (record.streaming) {
      got = reduced(folded(protocol, inPieces(bytes, bytes.length)));
      if (bytes.length < 20_000) assert.deepEqual(reduced(folded(protocol, inPieces(bytes, 1))), got, record.id);
    } else {
      const fold = new Fold();
      for (const delta of protocol.whole(parse(said) ?? {})) fold.take(delta);
      got = reduced(fold.snapshot());
    }
    const { text, reasoning, tools, usage } = record.canon;
    try {
      assert.deepEqual(got, { text, reasoning: reasoning.replaceAll("\n", ""), tools, usage });
    } catch (problem) {
      wrong.push(`${record.id} ${record.provider} ${record.format} ${(problem as Error).message.slice(0, 700)}`);
    }
  }
  assert.ok(seen > 500, `only ${seen} recordings`);
  assert.equal(wrong.length, 0, `${wrong.length} of ${seen}:\n${wrong.slice(0, Number(process.env.SHOWN ?? 12)).join("\n\n")}`);
});
