/** Conversations that come from outside (storage, a file): what has not the right form is refused, never half taken. */
import { EFFORTS, PROTOCOL_NAMES, type Block, type Settings, type Tool } from "~/lib/protocols";
import { list, object, text } from "~/lib/protocols/json";
import { newId } from "./edits";
import { type Answered, type Item, type Lane, MAX_LANES, type Preset, type Setup, type Talk } from "./types";

export class NotATalk extends Error {}

const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);

function optional<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export function readBlock(value: unknown): Block {
  const { type, ...rest } = object(value);
  const by = oneOf(PROTOCOL_NAMES, rest.by);
  const proof = { signature: text(rest.signature) || undefined, by };
  switch (type) {
    case "text":
      return optional<Extract<Block, { type: "text" }>>({ type, text: text(rest.text), ...proof });
    case "image": {
      const [mediaType, data] = [text(rest.mediaType), text(rest.data)];
      if (!/^image\/[a-z+.-]+$/.test(mediaType) || !/^[A-Za-z0-9+/=]*$/.test(data)) throw new NotATalk("image");
      return { type, mediaType, data };
    }
    case "thinking": {
      const details = Array.isArray(rest.details) ? rest.details : undefined;
      const [encrypted, id] = [text(rest.encrypted) || undefined, text(rest.id) || undefined];
      return optional<Extract<Block, { type: "thinking" }>>({ type, text: text(rest.text), ...proof, encrypted, id, details });
    }
    case "call":
      return optional<Extract<Block, { type: "call" }>>({
        type, id: text(rest.id), name: text(rest.name), arguments: text(rest.arguments), ...proof,
      });
    case "result": {
      const isError = rest.isError === true || undefined;
      return optional<Extract<Block, { type: "result" }>>({ type, id: text(rest.id), name: text(rest.name), text: text(rest.text), isError });
    }
    default:
      throw new NotATalk("block");
  }
}

export function readSettings(value: unknown): Settings {
  const found = object(value);
  const choice = object(found.toolChoice);
  const format = object(found.format);
  const mode = oneOf(["auto", "none", "required", "named"] as const, choice.mode);
  const kind = oneOf(["text", "json", "schema"] as const, format.kind);
  const stop = list(found.stop).filter((one): one is string => typeof one === "string");
  return optional<Settings>({
    stream: found.stream !== false,
    temperature: number(found.temperature),
    topP: number(found.topP),
    maxTokens: number(found.maxTokens),
    frequencyPenalty: number(found.frequencyPenalty),
    presencePenalty: number(found.presencePenalty),
    seed: number(found.seed),
    stop: stop.length > 0 ? stop : undefined,
    effort: oneOf(EFFORTS, found.effort),
    budget: number(found.budget),
    toolChoice: mode && { mode, ...(text(choice.name) && { name: text(choice.name) }) },
    format: kind && { kind, ...(text(format.name) && { name: text(format.name) }), ...(format.schema ? { schema: object(format.schema) } : {}) },
    extra: found.extra === undefined ? undefined : object(found.extra),
  });
}

export function readSetup(value: unknown): Setup {
  const found = object(value);
  const tools = list(found.tools).map((one): Tool => {
    const { name, description, parameters } = object(one);
    return { name: text(name), description: text(description), parameters: object(parameters) };
  });
  return { system: text(found.system), tools, settings: readSettings(found.settings) };
}

function readItem(value: unknown): Item {
  const found = object(value);
  const blocks = list(found.blocks).map(readBlock);
  const id = text(found.id) || newId();
  if (found.kind === "user") return { kind: "user", id, blocks };
  if (found.kind !== "answer") throw new NotATalk("turn");
  const timing = object(found.timing);
  const usage = object(found.usage);
  const error = object(found.error);
  return optional<Answered>({
    kind: "answer",
    id,
    blocks,
    protocol: oneOf(PROTOCOL_NAMES, found.protocol) ?? "chat",
    model: text(found.model),
    servedBy: text(found.servedBy),
    at: number(found.at) ?? 0,
    timing: optional({ first: number(timing.first), total: number(timing.total) ?? 0 }),
    status: number(found.status) ?? 0,
    requestId: text(found.requestId),
    losses: text(found.losses),
    unused: list(found.unused).filter((one): one is string => typeof one === "string"),
    stopped: found.stopped === true,
    usage: found.usage
      ? { input: number(usage.input) ?? 0, output: number(usage.output) ?? 0, cached: number(usage.cached) ?? 0, reasoning: number(usage.reasoning) ?? 0 }
      : undefined,
    finish: oneOf(["stop", "length", "tool", "filter", "other"] as const, found.finish),
    rawFinish: text(found.rawFinish) || undefined,
    cost: readCost(found.cost),
    error: found.error ? { kind: text(error.kind), message: text(error.message) } : undefined,
  });
}

function readCost(value: unknown): Answered["cost"] {
  const { nano, source } = object(value);
  if (!/^\d{1,18}$/.test(text(nano)) || (source !== "booked" && source !== "estimate")) return undefined;
  return { nano: text(nano), source };
}

function readLane(value: unknown): Lane {
  const found = object(value);
  return {
    id: text(found.id) || newId(),
    model: text(found.model),
    protocol: oneOf(PROTOCOL_NAMES, found.protocol) ?? "chat",
    items: list(found.items).map(readItem),
  };
}

/** Throws NotATalk. */
export function readTalk(value: unknown): Talk {
  const found = object(value);
  const lanes = list(found.lanes).map(readLane);
  if (found.version !== 1 || lanes.length === 0 || lanes.length > MAX_LANES) throw new NotATalk("version");
  const changed = number(found.changed) ?? Date.now();
  return { version: 1, id: text(found.id) || newId(), title: text(found.title), changed, setup: readSetup(found.setup), lanes };
}

export function readPreset(value: unknown): Preset {
  const found = object(value);
  const lanes = list(found.lanes).slice(0, MAX_LANES).map((one) => {
    const { model, protocol } = object(one);
    return { model: text(model), protocol: oneOf(PROTOCOL_NAMES, protocol) ?? "chat" };
  });
  if (text(found.name) === "") throw new NotATalk("preset");
  return { name: text(found.name), setup: readSetup(found.setup), lanes };
}
