/** What goes out: one conversation with everything in it, in each protocol's words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROTOCOLS, type Conversation, type JsonObject, type Settings } from "~/lib/protocols";

const PIXEL = "iVBORw0KGgo=";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const talk: Conversation = {
  model: "vendor/model",
  system: "Be brief.",
  turns: [
    { role: "user", blocks: [{ type: "text", text: "What is this?" }, { type: "image", mediaType: "image/png", data: PIXEL }] },
    {
      role: "assistant",
      blocks: [
        { type: "thinking", text: "chat's", by: "chat", details: [{ type: "reasoning.encrypted", data: "d" }] },
        { type: "thinking", text: "claude's", by: "messages", signature: "s" },
        { type: "thinking", text: "", by: "messages", encrypted: "sealed" },
        { type: "thinking", text: "gpt's", by: "responses", encrypted: "e", id: "rs_1" },
        { type: "thinking", text: "gemini's", by: "gemini" },
        { type: "text", text: "A pixel." },
        { type: "call", id: "call_1", name: "weather", arguments: '{"city":"Oslo"}', signature: "g", by: "gemini" },
        { type: "call", id: "call_2", name: "weather", arguments: "not json" },
      ],
    },
    {
      role: "user",
      blocks: [
        { type: "result", id: "call_1", name: "weather", text: '{"sky":"grey"}' },
        { type: "result", id: "call_2", name: "weather", text: "no such city", isError: true },
        { type: "text", text: "And now?" },
      ],
    },
  ],
  tools: [{ name: "weather", description: "Today's weather", parameters: SCHEMA }],
  settings: {
    stream: true,
    temperature: 0.5,
    topP: 0.9,
    maxTokens: 100,
    seed: 0,
    stop: ["END"],
    effort: "low",
    toolChoice: { mode: "named", name: "weather" },
    format: { kind: "schema", name: "answer", schema: SCHEMA },
    extra: { user: "u1" },
  },
};

const plain = (settings: Settings): Conversation => ({ ...talk, system: "", tools: [], settings });
const body = (name: keyof typeof PROTOCOLS, of: Conversation) => PROTOCOLS[name].write(of).body;

test("chat", () => {
  const { path, body, unused } = PROTOCOLS.chat.write(talk);
  assert.equal(path, "v1/chat/completions");
  assert.deepEqual(unused, []);
  assert.deepEqual(body, {
    model: "vendor/model",
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
        ],
      },
      {
        role: "assistant",
        content: "A pixel.",
        reasoning_content: "chat's",
        reasoning_details: [{ type: "reasoning.encrypted", data: "d" }],
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          { id: "call_2", type: "function", function: { name: "weather", arguments: "not json" } },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: '{"sky":"grey"}' },
      { role: "tool", tool_call_id: "call_2", content: "no such city" },
      { role: "user", content: "And now?" },
    ],
    temperature: 0.5,
    top_p: 0.9,
    max_completion_tokens: 100,
    seed: 0,
    stop: ["END"],
    reasoning_effort: "low",
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: SCHEMA, strict: true } },
    tools: [{ type: "function", function: { name: "weather", description: "Today's weather", parameters: SCHEMA } }],
    tool_choice: { type: "function", function: { name: "weather" } },
    stream: true,
    stream_options: { include_usage: true },
    user: "u1",
  });
});

test("responses", () => {
  const { path, body, unused } = PROTOCOLS.responses.write(talk);
  assert.equal(path, "v1/responses");
  assert.deepEqual(unused, ["seed", "stop"]);
  assert.deepEqual(body.input, [
    {
      type: "message",
      role: "user",
      content: [
        { type: "input_text", text: "What is this?" },
        { type: "input_image", image_url: `data:image/png;base64,${PIXEL}` },
      ],
    },
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "gpt's" }], encrypted_content: "e" },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "A pixel." }] },
    { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' },
    { type: "function_call", call_id: "call_2", name: "weather", arguments: "not json" },
    { type: "function_call_output", call_id: "call_1", output: '{"sky":"grey"}' },
    { type: "function_call_output", call_id: "call_2", output: "no such city" },
    { type: "message", role: "user", content: [{ type: "input_text", text: "And now?" }] },
  ]);
  assert.equal(body.instructions, "Be brief.");
  assert.equal(body.store, false);
  assert.deepEqual(body.reasoning, { effort: "low", summary: "auto" });
  assert.deepEqual(body.include, ["reasoning.encrypted_content"]);
  assert.deepEqual(body.text, { format: { type: "json_schema", name: "answer", schema: SCHEMA, strict: true } });
  assert.deepEqual(body.tool_choice, { type: "function", name: "weather" });
  assert.equal(body.max_output_tokens, 100);
});

test("messages", () => {
  const { path, headers, body, unused } = PROTOCOLS.messages.write(talk);
  assert.equal(path, "v1/messages");
  assert.deepEqual(headers, { "anthropic-version": "2023-06-01" });
  assert.deepEqual(unused, ["seed"]);
  assert.deepEqual(body.messages, [
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "claude's", signature: "s" },
        { type: "redacted_thinking", data: "sealed" },
        { type: "text", text: "A pixel." },
        { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo" } },
        { type: "tool_use", id: "call_2", name: "weather", input: { input: "not json" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "call_1", content: '{"sky":"grey"}' },
        { type: "tool_result", tool_use_id: "call_2", content: "no such city", is_error: true },
        { type: "text", text: "And now?" },
      ],
    },
  ]);
  assert.deepEqual(body.thinking, { type: "adaptive" });
  assert.deepEqual(body.output_config, { effort: "low", format: { type: "json_schema", schema: SCHEMA } });
  assert.deepEqual(body.tools, [{ name: "weather", description: "Today's weather", input_schema: SCHEMA }]);
  assert.deepEqual(body.tool_choice, { type: "tool", name: "weather" });
  assert.deepEqual(body.stop_sequences, ["END"]);
  assert.equal(body.max_tokens, 100);
});

test("gemini", () => {
  const { path, body, unused } = PROTOCOLS.gemini.write(talk);
  assert.equal(path, "v1beta/models/vendor%2Fmodel:streamGenerateContent?alt=sse");
  assert.deepEqual(unused, []);
  assert.deepEqual(body, {
    contents: [
      { role: "user", parts: [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: PIXEL } }] },
      {
        role: "model",
        parts: [
          { text: "gemini's", thought: true },
          { text: "A pixel." },
          { functionCall: { id: "call_1", name: "weather", args: { city: "Oslo" } }, thoughtSignature: "g" },
          { functionCall: { id: "call_2", name: "weather", args: { input: "not json" } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "call_1", name: "weather", response: { sky: "grey" } } },
          { functionResponse: { id: "call_2", name: "weather", response: { error: "no such city" } } },
          { text: "And now?" },
        ],
      },
    ],
    systemInstruction: { parts: [{ text: "Be brief." }] },
    tools: [{ functionDeclarations: [{ name: "weather", description: "Today's weather", parametersJsonSchema: SCHEMA }] }],
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] } },
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 100,
      seed: 0,
      stopSequences: ["END"],
      responseMimeType: "application/json",
      responseJsonSchema: SCHEMA,
      thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
    },
    user: "u1",
  });
});

test("what is not set is not sent", () => {
  const none = plain({ stream: false });
  assert.deepEqual(Object.keys(body("chat", none)).sort(), ["messages", "model"]);
  assert.deepEqual(Object.keys(body("responses", none)).sort(), ["input", "model", "store"]);
  assert.deepEqual(Object.keys(body("messages", none)).sort(), ["max_tokens", "messages", "model"]);
  assert.deepEqual(Object.keys(body("gemini", none)), ["contents"]);
  assert.equal(PROTOCOLS.gemini.write(none).path, "v1beta/models/vendor%2Fmodel:generateContent");
});

test("a thinking budget counts towards the maximum of messages", () => {
  const messages = body("messages", plain({ stream: false, budget: 8000 }));
  assert.deepEqual(messages.thinking, { type: "enabled", budget_tokens: 8000 });
  assert.equal(messages.max_tokens, 12096);
  assert.equal(body("messages", plain({ stream: false, budget: 8000, maxTokens: 9000 })).max_tokens, 9000);
  assert.deepEqual(body("messages", plain({ stream: false, effort: "none" })).thinking, { type: "disabled" });
  const config = body("gemini", plain({ stream: false, budget: 8000 })).generationConfig as JsonObject;
  assert.deepEqual(config.thinkingConfig, { thinkingBudget: 8000, includeThoughts: true });
  assert.deepEqual(PROTOCOLS.chat.write(plain({ stream: false, budget: 8000 })).unused, ["budget"]);
});
