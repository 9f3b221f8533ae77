/** A conversation of the playground as it is kept. Only shapes. */
import type {
  Block, Failure, FinishReason, ProtocolName, Settings, Tool, Usage,
} from "~/lib/protocols";
import type { Timing } from "~/lib/protocols/run";

/** What was said to a model. The same `id` in several lanes is the same input. */
export interface Said {
  kind: "user";
  id: string;
  blocks: Block[];
}

/** What a model answered, and what is known of it. `stopped`: the user ended it. */
export interface Answered {
  kind: "answer";
  id: string;
  blocks: Block[];
  protocol: ProtocolName;
  model: string;
  servedBy: string;
  at: number;
  timing: Timing;
  status: number;
  requestId: string;
  losses: string;
  unused: string[];
  stopped: boolean;
  usage?: Usage;
  finish?: FinishReason;
  rawFinish?: string;
  error?: Failure;
  cost?: Cost;
}

/** Nano-USD as text; `booked` is the request log's, `estimate` the price list's times the tokens. */
export interface Cost {
  nano: string;
  source: "booked" | "estimate";
}

export type Item = Said | Answered;

/** One model, asked side by side with others. */
export interface Lane {
  id: string;
  model: string;
  protocol: ProtocolName;
  items: Item[];
}

/** What is said to every lane. */
export interface Setup {
  system: string;
  tools: Tool[];
  settings: Settings;
}

export interface Talk {
  version: 1;
  id: string;
  title: string;
  changed: number;
  setup: Setup;
  lanes: Lane[];
}

/** A setup with a name, and the models it was made for. */
export interface Preset {
  name: string;
  setup: Setup;
  lanes: { model: string; protocol: ProtocolName }[];
}

export const MAX_LANES = 4;
