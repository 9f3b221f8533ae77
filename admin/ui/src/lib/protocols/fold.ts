/**
 * An answer put together from its deltas.
 *
 * `take` changes the answer it is given a delta for; `snapshot` copies what a page may keep. Rendering is not its
 * business, and neither is time.
 */

import type { Block, CallBlock, Delta, Failure, FinishReason, ThinkingBlock, Usage } from "./types";

export interface Answer {
  id: string;
  model: string;
  blocks: Block[];
  usage?: Usage;
  finish?: FinishReason;
  rawFinish?: string;
  error?: Failure;
}

export class Fold {
  private answer: Answer = { id: "", model: "", blocks: [] };
  private readonly open = new Map<string, number>();

  /** Takes one delta. Returns whether it carries something that a reader sees. */
  take(delta: Delta): boolean {
    const { answer } = this;
    switch (delta.type) {
      case "start":
        answer.id = delta.id || answer.id;
        answer.model = delta.model || answer.model;
        return false;
      case "open":
        if (delta.key !== undefined) this.open.set(delta.key, answer.blocks.length);
        answer.blocks.push({ ...delta.block });
        return !("text" in delta.block) || delta.block.text !== "";
      case "text":
        if (delta.text === "") return false;
        this.grow("text", delta.text, { type: "text", text: delta.text });
        return true;
      case "thinking":
        if (delta.text === "") return false;
        this.grow("thinking", delta.text, { type: "thinking", text: delta.text, by: delta.by });
        return true;
      case "arguments":
        return this.more(delta.key, delta.text);
      case "sign":
        this.sign(delta);
        return false;
      case "usage":
        answer.usage = delta.usage;
        return false;
      case "finish":
        answer.finish = delta.reason;
        answer.rawFinish = delta.raw;
        return false;
      case "error":
        answer.error = delta.error;
        return false;
    }
  }

  /** The answer so far; later deltas do not change it. */
  snapshot(): Answer {
    return { ...this.answer, blocks: this.answer.blocks.slice() };
  }

  private grow(kind: "text" | "thinking", text: string, first: Block): void {
    const { blocks } = this.answer;
    const last = blocks.at(-1);
    const signed = last?.type === "text" && last.signature !== undefined;
    if (last?.type === kind && !signed) blocks[blocks.length - 1] = { ...last, text: last.text + text };
    else blocks.push(first);
  }

  private more(key: string, text: string): boolean {
    const at = this.open.get(key);
    if (at === undefined || text === "") return false;
    const call = this.answer.blocks[at] as CallBlock;
    this.answer.blocks[at] = { ...call, arguments: call.arguments + text };
    return true;
  }

  private sign(delta: Extract<Delta, { type: "sign" }>): void {
    const { blocks } = this.answer;
    const at = delta.key === undefined ? blocks.length - 1 : (this.open.get(delta.key) ?? -1);
    const block = blocks[at];
    if (block === undefined) return;
    const { type: _type, key: _key, ...proof } = delta;
    if (block.type === "thinking" && proof.details !== undefined) {
      const before = (block as ThinkingBlock).details ?? [];
      blocks[at] = { ...block, details: [...before, ...proof.details] };
    } else if (block.type !== "image" && block.type !== "result") {
      blocks[at] = { ...block, ...proof } as Block;
    }
  }
}
