/** Helpers of the protocol tests: streams cut into pieces, and an answer reduced to what two readers can agree on. */
import { Fold, type Answer } from "~/lib/protocols/fold";
import { SseDecoder } from "~/lib/protocols/sse";
import type { Delta, Protocol } from "~/lib/protocols";

export function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function deltas(protocol: Protocol, pieces: Iterable<Uint8Array>): Delta[] {
  const decoder = new SseDecoder();
  const reader = protocol.reader();
  const out: Delta[] = [];
  for (const piece of pieces) for (const { event, data } of decoder.feed(piece)) out.push(...reader.frame(event, data));
  for (const { event, data } of decoder.flush()) out.push(...reader.frame(event, data));
  return out;
}

export function folded(protocol: Protocol, pieces: Iterable<Uint8Array>): Answer {
  const fold = new Fold();
  for (const delta of deltas(protocol, pieces)) fold.take(delta);
  return fold.snapshot();
}

export interface Reduced {
  text: string;
  reasoning: string;
  tools: unknown[];
  usage: number[] | null;
}

export function reduced({ blocks, usage }: Answer): Reduced {
  const of = (type: string) => blocks.map((block) => (block.type === type && "text" in block ? block.text : "")).join("");
  const tools = blocks.flatMap((block) => {
    if (block.type !== "call") return [];
    try {
      return [[block.name, JSON.parse(block.arguments || "{}")]];
    } catch {
      return [[block.name, block.arguments]];
    }
  });
  return {
    text: of("text"),
    reasoning: of("thinking").replaceAll("\n", ""),
    tools,
    usage: usage ? [usage.input, usage.cached, usage.output, usage.reasoning] : null,
  };
}
