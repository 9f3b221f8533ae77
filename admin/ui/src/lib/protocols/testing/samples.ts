/** One stream of each protocol, written by hand after the vendors' pages: a thought, a text, a call, usage, the end. */
import type { ProtocolName } from "~/lib/protocols";

const event = (value: { type: string } & Record<string, unknown>) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: unknown, finish: string | null = null) =>
  data({ id: "c1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
const part = (...parts: unknown[]) => data({ candidates: [{ content: { role: "model", parts } }], responseId: "g1", modelVersion: "m" });

const chat = [
  ": ping\n\n",
  chunk({ role: "assistant", content: "" }),
  chunk({ reasoning_content: "Look it up: " }),
  chunk({ reasoning_content: "東京 ☂" }),
  chunk({ reasoning_details: [{ type: "reasoning.text", signature: "sig+D==", format: "anthropic-claude-v1", index: 0 }] }),
  chunk({ content: "Wait — ümläut" }),
  chunk({ content: " 🚀 done." }),
  chunk({ tool_calls: [{ index: 0, id: "call_7", type: "function", function: { name: "weather", arguments: "" } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":"東' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '京","days":2}' } }] }),
  chunk({}, "tool_calls"),
  data({
    id: "c1",
    choices: [],
    usage: {
      prompt_tokens: 120,
      completion_tokens: 45,
      prompt_tokens_details: { cached_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 15 },
    },
  }),
  "data: [DONE]\n\n",
];

const responses = [
  event({ type: "response.created", response: { id: "resp_1", model: "m", output: [] } }),
  event({ type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs_1", summary: [] } }),
  event({ type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "Look it up: " }),
  event({ type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "東京 ☂" }),
  event({
    type: "response.output_item.done",
    output_index: 0,
    item: { type: "reasoning", id: "rs_1", encrypted_content: "enc+B==", summary: [{ type: "summary_text", text: "again" }] },
  }),
  event({ type: "response.output_item.added", output_index: 1, item: { type: "message", id: "msg_1", content: [] } }),
  event({ type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Wait — ümläut" }),
  event({ type: "response.output_text.delta", output_index: 1, content_index: 0, delta: " 🚀 done." }),
  event({ type: "response.output_item.done", output_index: 1, item: { type: "message", content: [{ type: "output_text", text: "again" }] } }),
  event({ type: "response.output_item.added", output_index: 2, item: { type: "function_call", call_id: "call_7", name: "weather", arguments: "" } }),
  event({ type: "response.function_call_arguments.delta", output_index: 2, delta: '{"city":"東' }),
  event({ type: "response.function_call_arguments.delta", output_index: 2, delta: '京","days":2}' }),
  event({ type: "response.output_item.done", output_index: 2, item: { type: "function_call", arguments: '{"city":"again"}' } }),
  event({
    type: "response.completed",
    response: {
      id: "resp_1",
      status: "completed",
      usage: {
        input_tokens: 120,
        output_tokens: 45,
        input_tokens_details: { cached_tokens: 20 },
        output_tokens_details: { reasoning_tokens: 15 },
      },
    },
  }),
];

const messages = [
  event({
    type: "message_start",
    message: { id: "msg_1", model: "m", usage: { input_tokens: 90, cache_read_input_tokens: 20, cache_creation_input_tokens: 10, output_tokens: 1 } },
  }),
  event({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
  event({ type: "ping" }),
  event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Look it up: " } }),
  event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "東京 ☂" } }),
  event({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig+A==" } }),
  event({ type: "content_block_stop", index: 0 }),
  event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
  event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Wait — ümläut" } }),
  event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: " 🚀 done." } }),
  event({ type: "content_block_stop", index: 1 }),
  event({ type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "call_7", name: "weather", input: {} } }),
  event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "" } }),
  event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"city":"東' } }),
  event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '京","days":2}' } }),
  event({ type: "content_block_stop", index: 2 }),
  event({
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { input_tokens: null, output_tokens: 45, output_tokens_details: { thinking_tokens: 15 } },
  }),
  event({ type: "message_stop" }),
];

const gemini = [
  part({ text: "Look it up: ", thought: true }),
  part({ text: "東京 ☂", thought: true }),
  part({ text: "Wait — ümläut" }),
  part({ text: " 🚀 done." }),
  part({ functionCall: { id: "call_7", name: "weather", args: { city: "東京", days: 2 } }, thoughtSignature: "sig+C==" }),
  data({
    candidates: [{ content: { role: "model", parts: [{ text: "" }] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 30, thoughtsTokenCount: 15, cachedContentTokenCount: 20 },
  }),
];

export const SAMPLES: Record<ProtocolName, string> = {
  chat: chat.join(""),
  responses: responses.join(""),
  messages: messages.join(""),
  gemini: gemini.join(""),
};
