/** Small pieces that more than one protocol writes. */

import { list, object, text } from "./json";
import type { Block, CallBlock, ImageBlock, JsonObject } from "./types";

export function dataUrl(image: ImageBlock): string {
  return `data:${image.mediaType};base64,${image.data}`;
}

/** The words of text blocks. */
export function textOf(blocks: Block[]): string {
  return blocks.map((block) => (block.type === "text" ? block.text : "")).join("");
}

/** A content that is a string, or a list of parts of which the words are taken. */
export function joined(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => text(object(part).text))
    .join("");
}

/** The arguments of a call as an object; what a model wrote wrongly is said under "input", as the gateway does it. */
export function argumentsOf(call: CallBlock): JsonObject {
  if (call.arguments.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(call.arguments);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // no JSON: below
  }
  return { input: call.arguments };
}
