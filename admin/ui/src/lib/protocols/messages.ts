/** Anthropic's Messages: https://docs.claude.com/en/api/messages and /messages-streaming (2026-11). */

import { messagesFailure } from "./failures";
import { count, defined, list, object, parse, text } from "./json";
import { argumentsOf } from "./pieces";
import type { Block, Conversation, Delta, FinishReason, JsonObject, Protocol, StreamReader, Turn, Usage, Written } from "./types";

/** The field must be there; a longer answer has to be asked for. */
export const USUAL_MAXIMUM = 4096;

const FINISHES: Record<string, FinishReason> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool",
  refusal: "filter",
};

function write({ model, system, turns, tools, settings }: Conversation): Written {
  const unused: string[] = [];
  for (const name of ["seed", "frequencyPenalty", "presencePenalty"] as const) {
    if (settings[name] !== undefined) unused.push(name);
  }
  if (settings.format?.kind === "json") unused.push("format");
  const { effort, budget } = settings;
  const off = effort === "none" || budget === 0;
  // A budget counts towards the maximum: what is asked for beyond it is for the answer.
  const most = settings.maxTokens ?? USUAL_MAXIMUM + (off ? 0 : (budget ?? 0));
  const output = defined({
    effort: off || budget !== undefined ? undefined : effort,
    format:
      settings.format?.kind === "schema" ? { type: "json_schema", schema: settings.format.schema ?? {} } : undefined,
  });
  const body = defined({
    model,
    max_tokens: most,
    system: system || undefined,
    messages: turns.map(message).filter((one) => one.content.length > 0),
    temperature: settings.temperature,
    top_p: settings.topP,
    stop_sequences: settings.stop,
    thinking: thinking(off, effort, budget),
    output_config: Object.keys(output).length > 0 ? output : undefined,
    tools:
      tools.length > 0
        ? tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }))
        : undefined,
    tool_choice: tools.length > 0 ? choice(settings.toolChoice) : undefined,
    stream: settings.stream || undefined,
  });
  const headers = { "anthropic-version": "2023-06-01" };
  return { path: "v1/messages", headers, body: { ...body, ...settings.extra }, unused };
}

function thinking(off: boolean, effort: string | undefined, budget: number | undefined): JsonObject | undefined {
  if (off) return { type: "disabled" };
  if (budget !== undefined) return { type: "enabled", budget_tokens: budget };
  return effort === undefined ? undefined : { type: "adaptive" };
}

function choice(wanted: Conversation["settings"]["toolChoice"]): JsonObject | undefined {
  if (wanted === undefined) return undefined;
  if (wanted.mode === "named") return { type: "tool", name: wanted.name };
  return { type: wanted.mode === "required" ? "any" : wanted.mode };
}

function message(turn: Turn): { role: string; content: JsonObject[] } {
  // "tool_result blocks must come first in the content array", docs.claude.com, tool use (2026-11)
  const first = turn.blocks.filter((block) => block.type === "result");
  const rest = turn.blocks.filter((block) => block.type !== "result");
  return { role: turn.role, content: [...first, ...rest].flatMap(content) };
}

function content(block: Block): JsonObject[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [{ type: "text", text: block.text }];
    case "image":
      return [{ type: "image", source: { type: "base64", media_type: block.mediaType, data: block.data } }];
    case "thinking":
      if (block.by !== "messages") return [];
      if (block.encrypted) return [{ type: "redacted_thinking", data: block.encrypted }];
      return block.signature ? [{ type: "thinking", thinking: block.text, signature: block.signature }] : [];
    case "call":
      return [{ type: "tool_use", id: block.id, name: block.name, input: argumentsOf(block) }];
    case "result":
      return [defined({ type: "tool_result", tool_use_id: block.id, content: block.text, is_error: block.isError })];
  }
}

/** Later counts replace earlier ones where they are said: a stream tells the input first and the output last. */
function usageOf(wire: JsonObject): Usage {
  const cached = count(wire.cache_read_input_tokens);
  return {
    input: count(wire.input_tokens) + cached + count(wire.cache_creation_input_tokens),
    output: count(wire.output_tokens),
    cached,
    reasoning: count(object(wire.output_tokens_details).thinking_tokens),
  };
}

/** The block that a wire block begins, without what comes in deltas; undefined for those of tools of the provider. */
function begun(wire: JsonObject): Block | undefined {
  switch (wire.type) {
    case "text":
      return { type: "text", text: text(wire.text) };
    case "thinking": {
      const signature = text(wire.signature) || undefined;
      return { type: "thinking", text: text(wire.thinking), by: "messages", ...(signature && { signature }) };
    }
    case "redacted_thinking":
      return { type: "thinking", text: "", by: "messages", encrypted: text(wire.data) };
    case "tool_use":
      return { type: "call", id: text(wire.id), name: text(wire.name), arguments: "" };
    default:
      return undefined;
  }
}

class Reader implements StreamReader {
  private counted: JsonObject = {};
  private over = false;
  /** Calls without a piece of their input, and the input that stood at their beginning. */
  private readonly silent = new Map<string, JsonObject>();

  frame(event: string, data: string): Delta[] {
    const frame = parse(data);
    if (frame === undefined || this.over) return [];
    switch (text(frame.type) || event) {
      case "message_start": {
        const message = object(frame.message);
        return [{ type: "start", id: text(message.id), model: text(message.model) }, ...this.count(message.usage)];
      }
      case "content_block_start":
        return this.begin(String(frame.index), object(frame.content_block));
      case "content_block_delta":
        return this.delta(String(frame.index), object(frame.delta));
      case "content_block_stop":
        return this.stop(String(frame.index));
      case "message_delta": {
        const raw = text(object(frame.delta).stop_reason);
        const usage = this.count(frame.usage);
        return raw === "" ? usage : [...usage, { type: "finish", reason: FINISHES[raw] ?? "other", raw }];
      }
      case "error":
        this.over = true;
        return [{ type: "error", error: messagesFailure(0, data) }];
      default:
        return [];
    }
  }

  private begin(key: string, wire: JsonObject): Delta[] {
    const block = begun(wire);
    if (block === undefined) return [];
    if (block.type === "call") this.silent.set(key, object(wire.input));
    return [{ type: "open", key, block }];
  }

  private delta(key: string, wire: JsonObject): Delta[] {
    switch (wire.type) {
      case "text_delta":
        return [{ type: "text", text: text(wire.text) }];
      case "thinking_delta":
        return [{ type: "thinking", text: text(wire.thinking), by: "messages" }];
      case "signature_delta":
        return [{ type: "sign", key, signature: text(wire.signature) }];
      case "input_json_delta":
        if (text(wire.partial_json) === "") return [];
        this.silent.delete(key);
        return [{ type: "arguments", key, text: text(wire.partial_json) }];
      default:
        return [];
    }
  }

  private stop(key: string): Delta[] {
    const input = this.silent.get(key);
    this.silent.delete(key);
    return input === undefined ? [] : [{ type: "arguments", key, text: JSON.stringify(input) }];
  }

  private count(wire: unknown): Delta[] {
    if (!wire) return [];
    const said = Object.entries(object(wire)).filter(([, value]) => value !== null);
    this.counted = { ...this.counted, ...Object.fromEntries(said) };
    return [{ type: "usage", usage: usageOf(this.counted) }];
  }
}

function whole(body: JsonObject): Delta[] {
  const deltas: Delta[] = [{ type: "start", id: text(body.id), model: text(body.model) }];
  for (const one of list(body.content)) {
    const wire = object(one);
    const block = begun(wire);
    if (block === undefined) continue;
    const made = block.type === "call" ? { ...block, arguments: JSON.stringify(object(wire.input)) } : block;
    deltas.push({ type: "open", block: made });
  }
  const raw = text(body.stop_reason);
  if (body.usage) deltas.push({ type: "usage", usage: usageOf(object(body.usage)) });
  return [...deltas, { type: "finish", reason: FINISHES[raw] ?? "other", raw }];
}

export const messages: Protocol = { name: "messages", write, reader: () => new Reader(), whole, failure: messagesFailure };
