/** The four protocols by name. */

import { chat } from "./chat";
import { gemini } from "./gemini";
import { messages } from "./messages";
import { responses } from "./responses";
import type { Protocol, ProtocolName } from "./types";

export const PROTOCOLS: Record<ProtocolName, Protocol> = { chat, responses, messages, gemini };
export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as ProtocolName[];

export * from "./types";
