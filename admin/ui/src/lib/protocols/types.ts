/**
 * A conversation in a form of no protocol, and what an answer to it is made of.
 *
 * Only shapes: what each protocol makes of them is in chat.ts, responses.ts, messages.ts and gemini.ts. Values are
 * never changed once made.
 */

export type ProtocolName = "chat" | "responses" | "messages" | "gemini";

export type JsonObject = Record<string, unknown>;

/** `signature` is the proof of the thought that Gemini puts on a text; `by` is who made it and may have it back. */
export interface TextBlock {
  type: "text";
  text: string;
  signature?: string;
  by?: ProtocolName;
}

/** A picture as base64, without the "data:" before it. */
export interface ImageBlock {
  type: "image";
  mediaType: string;
  data: string;
}

/** Reasoning. `signature` and `encrypted` go back to the protocol `by` alone; `details` are those of Chat. */
export interface ThinkingBlock {
  type: "thinking";
  text: string;
  by?: ProtocolName;
  signature?: string;
  encrypted?: string;
  id?: string;
  details?: unknown[];
}

/** The model asks for a tool. `arguments` is JSON text as the model wrote it, which may be no JSON at all. */
export interface CallBlock {
  type: "call";
  id: string;
  name: string;
  arguments: string;
  signature?: string;
  by?: ProtocolName;
}

/** What the user says that the tool answered. */
export interface ResultBlock {
  type: "result";
  id: string;
  name: string;
  text: string;
  isError?: boolean;
}

export type Block = TextBlock | ImageBlock | ThinkingBlock | CallBlock | ResultBlock;

export interface Turn {
  role: "user" | "assistant";
  blocks: Block[];
}

export interface Tool {
  name: string;
  description: string;
  parameters: JsonObject;
}

export interface ToolChoice {
  mode: "auto" | "none" | "required" | "named";
  name?: string;
}

export interface Format {
  kind: "text" | "json" | "schema";
  name?: string;
  schema?: JsonObject;
}

export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

/** What is not set is left out of the request. `extra` are further fields of the body, as the protocol has them. */
export interface Settings {
  stream: boolean;
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
  stop?: string[];
  effort?: Effort;
  budget?: number;
  toolChoice?: ToolChoice;
  format?: Format;
  extra?: JsonObject;
}

export interface Conversation {
  model: string;
  system: string;
  turns: Turn[];
  tools: Tool[];
  settings: Settings;
}

/** A request, ready to send. `path` is under the gateway's root; `unused` are settings the protocol has no field for. */
export interface Written {
  path: string;
  headers: Record<string, string>;
  body: JsonObject;
  unused: string[];
}

/** Tokens. `input` counts everything that was read, from a cache or not; `output` includes `reasoning`. */
export interface Usage {
  input: number;
  output: number;
  cached: number;
  reasoning: number;
}

export type FinishReason = "stop" | "length" | "tool" | "filter" | "other";

/** An error in the protocol's own words: `kind` is its type or code there. */
export interface Failure {
  kind: string;
  message: string;
}

/**
 * A step of an answer. `open` begins a block; text and thinking go to the last block where it is of their kind, and
 * begin one where it is not. `key` names a call among several that are open at once.
 */
export type Delta =
  | { type: "start"; id: string; model: string }
  | { type: "open"; block: Block; key?: string }
  | { type: "text"; text: string }
  | { type: "thinking"; text: string; by: ProtocolName }
  | { type: "arguments"; key: string; text: string }
  | { type: "sign"; key?: string; signature?: string; encrypted?: string; id?: string; details?: unknown[] }
  | { type: "usage"; usage: Usage }
  | { type: "finish"; reason: FinishReason; raw: string }
  | { type: "error"; error: Failure };

/** Reads the frames of one stream, in order. */
export interface StreamReader {
  frame(event: string, data: string): Delta[];
}

export interface Protocol {
  name: ProtocolName;
  write(conversation: Conversation): Written;
  reader(): StreamReader;
  /** An answer that came in one piece. */
  whole(body: JsonObject): Delta[];
  /** An error answer's body, which may be of any form. */
  failure(status: number, body: string): Failure;
}
