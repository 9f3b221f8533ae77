/** "Copy as": no secret, and a shell and Node that are given the text send exactly the request. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROTOCOLS, type Conversation, type ProtocolName } from "~/lib/protocols";
import { clients } from "~/lib/protocols/snippets/clients";
import { KEY_VARIABLE, LANGUAGES, snippet } from "~/lib/protocols/snippets";
import { python, shell } from "~/lib/protocols/snippets/literals";

// biome-ignore lint/suspicious/noTemplateCurlyInString: it has to arrive as it stands
const NASTY = "it's \"q\" $HOME `x` \\n é 東 🚀 ${y}\nnew line";
const talk: Conversation = {
  model: "m/1",
  system: NASTY,
  turns: [{ role: "user", blocks: [{ type: "text", text: NASTY }] }],
  tools: [{ name: "weather", description: NASTY, parameters: { type: "object", properties: {} } }],
  settings: { stream: true, temperature: 0, seed: 0, effort: "low", extra: { "x-own": [true, null, 1.5] } },
};
const ROOT = "http://gateway.test/sub/";

for (const name of Object.keys(PROTOCOLS) as ProtocolName[]) {
  const request = PROTOCOLS[name].write(talk);

  test(`${name}: the key is a variable in every language`, () => {
    for (const language of LANGUAGES) assert.ok(snippet(language, name, request, ROOT).includes(KEY_VARIABLE));
  });

  test(`${name}: a shell hands curl exactly the request`, () => {
    const folder = mkdtempSync(join(tmpdir(), "snippet-"));
    // In curl's place: a program that writes down its arguments.
    const program = '#!/bin/sh\nexec "$NODE" -e \'console.log(JSON.stringify(process.argv.slice(1)))\' -- "$@"\n';
    writeFileSync(join(folder, "curl"), program, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NODE: process.execPath, [KEY_VARIABLE]: "k1" };
    const { stdout, stderr } = spawnSync("sh", ["-c", snippet("curl", name, request, ROOT)], { env, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    assert.equal(stderr, "");
    const said = JSON.parse(stdout) as string[];
    assert.deepEqual(said.slice(0, 2), ["-N", new URL(request.path, ROOT).href]);
    assert.ok(said.includes("Authorization: Bearer k1"));
    assert.deepEqual(JSON.parse(said.at(-1) ?? ""), request.body);
  });

  test(`${name}: JavaScript sends exactly the request`, () => {
    const before = `
      const sent = [];
      globalThis.fetch = async (url, init) => { sent.push([url, init]); return new Response("data: 1\\n\\n"); };
      process.on("exit", () => console.log("\\n" + JSON.stringify(sent)));\n`;
    const code = before + snippet("javascript", name, request, ROOT);
    const env = { ...process.env, [KEY_VARIABLE]: "k1" };
    const done = spawnSync(process.execPath, ["--input-type=module", "-e", code], { env, encoding: "utf8" });
    assert.equal(done.stderr, "");
    const [[url, init]] = JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "");
    assert.equal(url, new URL(request.path, ROOT).href);
    assert.equal(init.headers.Authorization, "Bearer k1");
    assert.deepEqual(JSON.parse(init.body), request.body);
  });
}

test("values as Python's literals", () => {
  assert.equal(python([]), "[]");
  assert.equal(python({ a: [true, null, "x"] }), '{\n    "a": [\n        True,\n        None,\n        "x",\n    ],\n}');
});

test("quoting for a shell", () => {
  assert.equal(shell("a'b"), "'a'\\''b'");
});

test("programs are pointed at the gateway by their own variables, and a name stays one word of the shell", () => {
  const told = clients("https://gw.example/llm", "a model; rm -rf '/'");
  assert.match(told["OpenAI SDK"] ?? "", /OPENAI_BASE_URL=https:\/\/gw\.example\/llm\/v1\n/);
  assert.match(told["Claude Code"] ?? "", /ANTHROPIC_BASE_URL=https:\/\/gw\.example\/llm\n/);
  for (const text of Object.values(told)) assert.ok(text.includes(KEY_VARIABLE));
  for (const name of ["Claude Code", "Gemini CLI"]) assert.ok(told[name]?.includes(shell("a model; rm -rf '/'")));
  assert.ok(told.Codex?.includes(`model = "a model; rm -rf '/'"`));
});
