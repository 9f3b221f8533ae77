/**
 * OpenAI's Chat Completions: https://platform.openai.com/docs/api-reference/chat (2026-11).
 *
 * Thinking is `reasoning_content` (DeepSeek's field, which most servers have) or `reasoning` (OpenRouter's, vLLM's);
 * what proves it is in `reasoning_details`.
 */

import { chatFailure } from "./failures";
import { count, defined, list, object, parse, text } from "./json";
import { dataUrl, joined, textOf } from "./pieces";
import type {
  Block,
  Conversation,
  Delta,
  FinishReason,
  JsonObject,
  Protocol,
  StreamReader,
  ThinkingBlock,
  Turn,
  Usage,
  Written,
} from "./types";

const FINISHES: Record<string, FinishReason> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool",
  function_call: "tool",
  content_filter: "filter",
};

function write({ model, system, turns, tools, settings }: Conversation): Written {
  const unused: string[] = [];
  if (settings.budget !== undefined) unused.push("budget");
  const choice = settings.toolChoice;
  const body: JsonObject = defined({
    model,
    messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...turns.flatMap(messages)],
    temperature: settings.temperature,
    top_p: settings.topP,
    max_completion_tokens: settings.maxTokens,
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    seed: settings.seed,
    stop: settings.stop,
    reasoning_effort: settings.effort,
    response_format: format(settings.format),
    tools: tools.length > 0 ? tools.map((tool) => ({ type: "function", function: { ...tool } })) : undefined,
    tool_choice: tools.length === 0 ? undefined : named(choice?.mode, choice?.name),
    stream: settings.stream || undefined,
    stream_options: settings.stream ? { include_usage: true } : undefined,
  });
  return { path: "v1/chat/completions", headers: {}, body: { ...body, ...settings.extra }, unused };
}

function named(mode: string | undefined, name: string | undefined): unknown {
  return mode === "named" ? { type: "function", function: { name } } : mode;
}

function format(wanted: Conversation["settings"]["format"]): JsonObject | undefined {
  if (wanted === undefined || wanted.kind === "text") return undefined;
  if (wanted.kind === "json") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: wanted.name || "answer", schema: wanted.schema ?? {}, strict: true } };
}

function messages(turn: Turn): JsonObject[] {
  if (turn.role === "assistant") return [assistant(turn.blocks)];
  const results = turn.blocks.flatMap((block) =>
    block.type === "result" ? [{ role: "tool", tool_call_id: block.id, content: block.text }] : [],
  );
  const rest = turn.blocks.filter((block) => block.type === "text" || block.type === "image");
  return rest.length === 0 ? results : [...results, { role: "user", content: parts(rest) }];
}

function parts(blocks: Block[]): unknown {
  if (blocks.every((block) => block.type === "text")) return textOf(blocks);
  return blocks.map((block) =>
    block.type === "image"
      ? { type: "image_url", image_url: { url: dataUrl(block) } }
      : { type: "text", text: textOf([block]) },
  );
}

function assistant(blocks: Block[]): JsonObject {
  const calls = blocks.flatMap((block) => (block.type === "call" ? [block] : []));
  const thoughts = blocks.filter((block): block is ThinkingBlock => block.type === "thinking" && block.by === "chat");
  const details = thoughts.flatMap((thought) => thought.details ?? []);
  // DeepSeek wants the thoughts before a call back, and refuses them elsewhere: api-docs.deepseek.com (2026-11).
  const back = calls.length > 0 || details.length > 0;
  return defined({
    role: "assistant",
    content: textOf(blocks) || (calls.length > 0 ? null : ""),
    reasoning_content: back && thoughts.length > 0 ? thoughts.map((thought) => thought.text).join("") : undefined,
    reasoning_details: details.length > 0 ? details : undefined,
    tool_calls:
      calls.length === 0
        ? undefined
        : calls.map((call) =>
            defined({
              id: call.id,
              type: "function",
              function: { name: call.name, arguments: call.arguments || "{}" },
              extra_content:
                call.signature && call.by === "chat" ? { google: { thought_signature: call.signature } } : undefined,
            }),
          ),
  });
}

function usageOf(value: JsonObject): Usage {
  return {
    input: count(value.prompt_tokens),
    output: count(value.completion_tokens),
    cached: count(object(value.prompt_tokens_details).cached_tokens),
    reasoning: count(object(value.completion_tokens_details).reasoning_tokens),
  };
}

/** Text, thoughts and calls of a `delta` or a whole `message`, which have the same fields. */
function said(message: JsonObject, keys: Set<string>): Delta[] {
  const deltas: Delta[] = [];
  const thought = text(message.reasoning_content) || text(message.reasoning) || thoughtIn(message.content);
  if (thought !== "") deltas.push({ type: "thinking", text: thought, by: "chat" });
  const details = list(message.reasoning_details).filter((one) => {
    const { signature, data } = object(one);
    return text(signature) !== "" || text(data) !== "";
  });
  if (details.length > 0) {
    if (thought === "") deltas.push({ type: "thinking", text: "", by: "chat" });
    deltas.push({ type: "sign", details });
  }
  const content = joined(message.content) + text(message.refusal);
  if (content !== "") deltas.push({ type: "text", text: content });
  for (const one of list(message.images)) {
    const image = /^data:([^;,]+);base64,(.*)$/s.exec(text(object(object(one).image_url).url));
    if (image) deltas.push({ type: "open", block: { type: "image", mediaType: image[1] ?? "", data: image[2] ?? "" } });
  }
  list(message.tool_calls).forEach((one, place) => {
    deltas.push(...call(object(one), place, keys));
  });
  return deltas;
}

/** Mistral's place for it: parts of the content, https://docs.mistral.ai/capabilities/reasoning (2026-11). */
function thoughtIn(content: unknown): string {
  return list(content)
    .map((part) => joined(object(part).thinking))
    .join("");
}

function call(wire: JsonObject, place: number, keys: Set<string>): Delta[] {
  const made = object(wire.function);
  const key = String(wire.index ?? place);
  const deltas: Delta[] = [];
  if (!keys.has(key)) {
    keys.add(key);
    const signature = text(object(object(wire.extra_content).google).thought_signature) || undefined;
    const first = { type: "call" as const, id: text(wire.id) || `call_${key}`, name: text(made.name), arguments: "" };
    deltas.push({ type: "open", key, block: { ...first, ...(signature && { signature, by: "chat" as const }) } });
  }
  if (text(made.arguments) !== "") deltas.push({ type: "arguments", key, text: text(made.arguments) });
  return deltas;
}

class Reader implements StreamReader {
  private started = false;
  private over = false;
  private readonly calls = new Set<string>();

  frame(_event: string, data: string): Delta[] {
    const frame = parse(data);
    if (frame === undefined || this.over) return [];
    if (frame.error) {
      this.over = true;
      return [{ type: "error", error: chatFailure(0, data) }];
    }
    const deltas: Delta[] = [];
    if (!this.started && text(frame.id) !== "") {
      this.started = true;
      deltas.push({ type: "start", id: text(frame.id), model: text(frame.model) });
    }
    const choice = object(list(frame.choices)[0]);
    deltas.push(...said(object(choice.delta), this.calls));
    if (text(choice.finish_reason) !== "") {
      deltas.push({ type: "finish", reason: FINISHES[text(choice.finish_reason)] ?? "other", raw: text(choice.finish_reason) });
    }
    const usage = frame.usage ?? object(frame.x_groq).usage;
    if (usage) deltas.push({ type: "usage", usage: usageOf(object(usage)) });
    return deltas;
  }
}

function whole(body: JsonObject): Delta[] {
  const choice = object(list(body.choices)[0]);
  const raw = text(choice.finish_reason);
  return [
    { type: "start", id: text(body.id), model: text(body.model) },
    ...said(object(choice.message), new Set()),
    ...(body.usage ? [{ type: "usage" as const, usage: usageOf(object(body.usage)) }] : []),
    { type: "finish", reason: FINISHES[raw] ?? "other", raw },
  ];
}

export const chat: Protocol = { name: "chat", write, reader: () => new Reader(), whole, failure: chatFailure };
