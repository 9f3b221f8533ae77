/** OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses and /responses-streaming (2026-11). */

import { chatFailure } from "./failures";
import { count, defined, list, object, parse, text } from "./json";
import { dataUrl } from "./pieces";
import type { Block, Conversation, Delta, Failure, FinishReason, JsonObject, Protocol, StreamReader, Turn, Usage, Written } from "./types";

const UNUSED = ["seed", "stop", "frequencyPenalty", "presencePenalty", "budget"] as const;

function write({ model, system, turns, tools, settings }: Conversation): Written {
  const thinks = settings.effort !== undefined && settings.effort !== "none";
  const choice = settings.toolChoice;
  const body = defined({
    model,
    instructions: system || undefined,
    input: turns.flatMap(items),
    temperature: settings.temperature,
    top_p: settings.topP,
    max_output_tokens: settings.maxTokens,
    reasoning:
      settings.effort === undefined
        ? undefined
        : defined({ effort: settings.effort, summary: thinks ? "auto" : undefined }),
    text: format(settings.format),
    tools: tools.length > 0 ? tools.map((tool) => ({ type: "function", ...tool, strict: false })) : undefined,
    tool_choice:
      tools.length === 0 ? undefined : choice?.mode === "named" ? { type: "function", name: choice.name } : choice?.mode,
    // Nothing of a conversation in a browser is kept by the provider; what it has thought comes along sealed.
    store: false,
    include: thinks ? ["reasoning.encrypted_content"] : undefined,
    stream: settings.stream || undefined,
  });
  const unused = UNUSED.filter((name) => settings[name] !== undefined);
  return { path: "v1/responses", headers: {}, body: { ...body, ...settings.extra }, unused };
}

function format(wanted: Conversation["settings"]["format"]): JsonObject | undefined {
  if (wanted === undefined || wanted.kind === "text") return undefined;
  if (wanted.kind === "json") return { format: { type: "json_object" } };
  return { format: { type: "json_schema", name: wanted.name || "answer", schema: wanted.schema ?? {}, strict: true } };
}

function items(turn: Turn): JsonObject[] {
  const out: JsonObject[] = [];
  let parts: JsonObject[] = [];
  const close = () => {
    if (parts.length > 0) out.push({ type: "message", role: turn.role, content: parts });
    parts = [];
  };
  for (const block of turn.blocks) {
    const part = said(block, turn.role);
    if (part !== undefined) {
      parts.push(part);
      continue;
    }
    const made = item(block);
    if (made === undefined) continue;
    close();
    out.push(made);
  }
  close();
  return out;
}

function said(block: Block, role: Turn["role"]): JsonObject | undefined {
  if (block.type === "text") return { type: role === "user" ? "input_text" : "output_text", text: block.text };
  if (block.type === "image" && role === "user") return { type: "input_image", image_url: dataUrl(block) };
  return undefined;
}

function item(block: Block): JsonObject | undefined {
  switch (block.type) {
    case "call":
      return { type: "function_call", call_id: block.id, name: block.name, arguments: block.arguments || "{}" };
    case "result":
      return { type: "function_call_output", call_id: block.id, output: block.text };
    case "thinking": {
      if (block.by !== "responses" || !block.encrypted) return undefined;
      const summary = block.text === "" ? [] : [{ type: "summary_text", text: block.text }];
      return defined({ type: "reasoning", id: block.id, summary, encrypted_content: block.encrypted });
    }
    default:
      return undefined;
  }
}

function usageOf(wire: JsonObject): Usage {
  return {
    input: count(wire.input_tokens),
    output: count(wire.output_tokens),
    cached: count(object(wire.input_tokens_details).cached_tokens),
    reasoning: count(object(wire.output_tokens_details).reasoning_tokens),
  };
}

function ended(response: JsonObject, called: boolean): Delta[] {
  const deltas: Delta[] = [];
  if (response.usage) deltas.push({ type: "usage", usage: usageOf(object(response.usage)) });
  const status = text(response.status);
  if (status === "failed" || status === "cancelled" || response.error) {
    deltas.push({ type: "error", error: failed(object(response.error), status) });
    return deltas;
  }
  const why = text(object(response.incomplete_details).reason);
  let reason: FinishReason = called ? "tool" : "stop";
  if (why === "max_output_tokens") reason = "length";
  else if (why === "content_filter") reason = "filter";
  else if (why !== "") reason = "other";
  deltas.push({ type: "finish", reason, raw: why || status });
  return deltas;
}

function failed(error: JsonObject, kind: string): Failure {
  return { kind: text(error.code) || text(error.type) || kind || "error", message: text(error.message) };
}

class Reader implements StreamReader {
  private called = false;
  private over = false;
  /** Parts of thoughts that have been begun, to part them by an empty line. */
  private readonly parts = new Map<string, number>();
  /** Items that were told in deltas: their end says the same again. */
  private readonly told = new Set<string>();

  frame(event: string, data: string): Delta[] {
    const frame = parse(data);
    if (frame === undefined || this.over) return [];
    const key = String(frame.output_index ?? 0);
    switch (text(frame.type) || event) {
      case "response.created": {
        const response = object(frame.response);
        return [{ type: "start", id: text(response.id), model: text(response.model) }];
      }
      case "response.output_item.added":
        return this.begin(key, object(frame.item));
      case "response.output_text.delta":
      case "response.refusal.delta":
        this.told.add(key);
        return [{ type: "text", text: text(frame.delta) }];
      case "response.reasoning_summary_text.delta":
        return this.thought(key, count(frame.summary_index), text(frame.delta));
      case "response.reasoning_text.delta":
        return this.thought(key, count(frame.content_index), text(frame.delta));
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        this.told.add(key);
        return [{ type: "arguments", key, text: text(frame.delta) }];
      case "response.output_item.done":
        return this.done(key, object(frame.item));
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        this.over = true;
        return ended(object(frame.response), this.called);
      case "error":
        this.over = true;
        return [{ type: "error", error: failed(frame.error ? object(frame.error) : frame, "error") }];
      default:
        return [];
    }
  }

  private begin(key: string, item: JsonObject): Delta[] {
    if (item.type === "reasoning") {
      return [{ type: "open", key, block: { type: "thinking", text: "", by: "responses", id: text(item.id) } }];
    }
    if (item.type !== "function_call" && item.type !== "custom_tool_call") return [];
    this.called = true;
    return [{ type: "open", key, block: { type: "call", id: text(item.call_id), name: text(item.name), arguments: "" } }];
  }

  private thought(key: string, part: number, delta: string): Delta[] {
    const before = this.parts.get(key);
    this.parts.set(key, part);
    this.told.add(key);
    const gap = before !== undefined && before !== part ? "\n\n" : "";
    return [{ type: "thinking", text: gap + delta, by: "responses" }];
  }

  private done(key: string, item: JsonObject): Delta[] {
    const told = this.told.has(key);
    if (item.type === "reasoning") {
      const deltas: Delta[] = told ? [] : [{ type: "thinking", text: thoughtOf(item), by: "responses" }];
      const encrypted = text(item.encrypted_content);
      return encrypted === "" ? deltas : [...deltas, { type: "sign", key, encrypted }];
    }
    if (told) return [];
    if (item.type === "message") return spoken(item);
    const input = text(item.arguments) || text(item.input);
    return input === "" ? [] : [{ type: "arguments", key, text: input }];
  }
}

function thoughtOf(item: JsonObject): string {
  const parts = list(item.summary).length > 0 ? list(item.summary) : list(item.content);
  return parts.map((part) => text(object(part).text)).join("\n\n");
}

function spoken(item: JsonObject): Delta[] {
  return list(item.content).map((part) => ({ type: "text", text: text(object(part).text) || text(object(part).refusal) }));
}

function whole(body: JsonObject): Delta[] {
  const deltas: Delta[] = [{ type: "start", id: text(body.id), model: text(body.model) }];
  let called = false;
  for (const one of list(body.output)) {
    const wire = object(one);
    if (wire.type === "message") deltas.push(...spoken(wire));
    else if (wire.type === "reasoning") {
      const encrypted = text(wire.encrypted_content) || undefined;
      const thought = { type: "thinking" as const, text: thoughtOf(wire), by: "responses" as const, id: text(wire.id) };
      deltas.push({ type: "open", block: { ...thought, ...(encrypted && { encrypted }) } });
    } else if (wire.type === "function_call" || wire.type === "custom_tool_call") {
      called = true;
      const input = text(wire.arguments) || text(wire.input);
      deltas.push({ type: "open", block: { type: "call", id: text(wire.call_id), name: text(wire.name), arguments: input } });
    }
  }
  return [...deltas, ...ended(body, called)];
}

export const responses: Protocol = { name: "responses", write, reader: () => new Reader(), whole, failure: chatFailure };
