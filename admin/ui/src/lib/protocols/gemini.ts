/** Google's generateContent: https://ai.google.dev/api/generate-content and /api/caching#Part (2026-11). */

import { geminiFailure } from "./failures";
import { count, defined, list, object, parse, text } from "./json";
import { argumentsOf } from "./pieces";
import type { Block, Conversation, Delta, FinishReason, JsonObject, Protocol, StreamReader, Usage, Written } from "./types";

const FINISHES: Record<string, FinishReason> = { STOP: "stop", MAX_TOKENS: "length" };
const FILTERS = ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE"];
const MODES = { auto: "AUTO", none: "NONE", required: "ANY", named: "ANY" };
/** thinkingLevel has no word for the highest and for nothing at all: ai.google.dev/gemini-api/docs/thinking (2026-11). */
const LEVELS: Record<string, string> = { minimal: "MINIMAL", low: "LOW", medium: "MEDIUM", high: "HIGH", xhigh: "HIGH", max: "HIGH" };

function write({ model, system, turns, tools, settings }: Conversation): Written {
  const { format, effort, budget } = settings;
  const json = format !== undefined && format.kind !== "text";
  const config = defined({
    temperature: settings.temperature,
    topP: settings.topP,
    maxOutputTokens: settings.maxTokens,
    frequencyPenalty: settings.frequencyPenalty,
    presencePenalty: settings.presencePenalty,
    seed: settings.seed,
    stopSequences: settings.stop,
    responseMimeType: json ? "application/json" : undefined,
    responseJsonSchema: format?.kind === "schema" ? (format.schema ?? {}) : undefined,
    thinkingConfig: thinking(effort, budget),
  });
  const choice = settings.toolChoice;
  const body = defined({
    contents: turns
      .map((turn) => ({ role: turn.role === "user" ? "user" : "model", parts: turn.blocks.flatMap(part) }))
      .filter((one) => one.parts.length > 0),
    systemInstruction: system === "" ? undefined : { parts: [{ text: system }] },
    tools:
      tools.length > 0
        ? [
            {
              functionDeclarations: tools.map(({ name, description, parameters }) => ({
                name,
                description,
                parametersJsonSchema: parameters,
              })),
            },
          ]
        : undefined,
    toolConfig:
      tools.length > 0 && choice !== undefined
        ? {
            functionCallingConfig: defined({
              mode: MODES[choice.mode],
              allowedFunctionNames: choice.mode === "named" && choice.name ? [choice.name] : undefined,
            }),
          }
        : undefined,
    generationConfig: Object.keys(config).length > 0 ? config : undefined,
  });
  const method = settings.stream ? "streamGenerateContent?alt=sse" : "generateContent";
  const path = `v1beta/models/${encodeURIComponent(model)}:${method}`;
  return { path, headers: {}, body: { ...body, ...settings.extra }, unused: [] };
}

function thinking(effort: string | undefined, budget: number | undefined): JsonObject | undefined {
  if (budget !== undefined) return { thinkingBudget: budget, includeThoughts: budget !== 0 };
  if (effort === undefined) return undefined;
  return effort === "none" ? { thinkingBudget: 0 } : { thinkingLevel: LEVELS[effort] ?? "HIGH", includeThoughts: true };
}

function part(block: Block): JsonObject[] {
  const own = "by" in block && block.by === "gemini";
  const proof = own && "signature" in block && block.signature ? { thoughtSignature: block.signature } : {};
  switch (block.type) {
    case "text":
      return [{ text: block.text, ...proof }];
    case "image":
      return [{ inlineData: { mimeType: block.mediaType, data: block.data } }];
    case "thinking":
      return own ? [{ text: block.text, thought: true, ...proof }] : [];
    case "call":
      return [{ functionCall: { id: block.id, name: block.name, args: argumentsOf(block) }, ...proof }];
    case "result": {
      const response = block.isError ? { error: block.text } : (parse(block.text) ?? { output: block.text });
      return [{ functionResponse: { id: block.id, name: block.name, response } }];
    }
  }
}

function usageOf(wire: JsonObject): Usage {
  const reasoning = count(wire.thoughtsTokenCount);
  return {
    input: count(wire.promptTokenCount) + count(wire.toolUsePromptTokenCount),
    output: count(wire.candidatesTokenCount) + reasoning,
    cached: count(wire.cachedContentTokenCount),
    reasoning,
  };
}

class Reader implements StreamReader {
  private started = false;
  private over = false;
  private finished = false;
  private called = false;
  private calls = 0;

  frame(_event: string, data: string): Delta[] {
    const frame = parse(data);
    if (frame === undefined || this.over) return [];
    if (frame.error) {
      this.over = true;
      return [{ type: "error", error: geminiFailure(0, data) }];
    }
    return this.take(frame);
  }

  take(frame: JsonObject): Delta[] {
    const deltas: Delta[] = [];
    if (!this.started) {
      this.started = true;
      deltas.push({ type: "start", id: text(frame.responseId), model: text(frame.modelVersion) });
    }
    const candidate = object(list(frame.candidates)[0]);
    for (const one of list(object(candidate.content).parts)) deltas.push(...this.part(object(one)));
    if (frame.usageMetadata) deltas.push({ type: "usage", usage: usageOf(object(frame.usageMetadata)) });
    const raw = text(candidate.finishReason) || text(object(frame.promptFeedback).blockReason);
    if (raw !== "" && !this.finished) {
      this.finished = true;
      deltas.push({ type: "finish", reason: reasonOf(raw, this.called, candidate.finishReason === undefined), raw });
    }
    return deltas;
  }

  private part(wire: JsonObject): Delta[] {
    const signature = text(wire.thoughtSignature) || undefined;
    const proof = signature === undefined ? {} : { signature, by: "gemini" as const };
    if (wire.functionCall) {
      const call = object(wire.functionCall);
      // Pieces of arguments come only to those who ask for them, which nobody does here.
      if (text(call.name) === "") return [];
      this.called = true;
      this.calls += 1;
      const id = text(call.id) || `call_${this.calls}`;
      const block = { type: "call" as const, id, name: text(call.name), arguments: JSON.stringify(object(call.args)) };
      return [{ type: "open", block: { ...block, ...proof } }];
    }
    if (wire.inlineData) {
      const { mimeType, data } = object(wire.inlineData);
      return text(mimeType).startsWith("image/")
        ? [{ type: "open", block: { type: "image", mediaType: text(mimeType), data: text(data) } }]
        : [];
    }
    const words = text(wire.text);
    if (wire.thought === true) {
      const deltas: Delta[] = [{ type: "thinking", text: words, by: "gemini" }];
      return signature ? [...deltas, { type: "sign", signature }] : deltas;
    }
    // A signature of a text closes it: what follows is another part, or the two could not go back as they came.
    if (signature) return [{ type: "open", block: { type: "text", text: words, ...proof } }];
    return words === "" ? [] : [{ type: "text", text: words }];
  }
}

function reasonOf(raw: string, called: boolean, blocked: boolean): FinishReason {
  if (blocked || FILTERS.includes(raw)) return "filter";
  if (raw === "STOP" && called) return "tool";
  return FINISHES[raw] ?? "other";
}

function whole(body: JsonObject): Delta[] {
  return new Reader().take(body);
}

export const gemini: Protocol = { name: "gemini", write, reader: () => new Reader(), whole, failure: geminiFailure };
