/**
 * Conversations and presets in the browser's storage, apart for each user of it.
 *
 * Nothing of them reaches the gateway but by being sent to a model. Storage that is full or off loses no conversation
 * that is on the page: `save` says what it could keep.
 */
import { object, text } from "~/lib/protocols/json";
import { readPreset, readTalk } from "./reading";
import type { Preset, Talk } from "./types";

export interface Listed {
  id: string;
  title: string;
  changed: number;
}

export type Kept = "all" | "without-images" | "nothing";

const MAX_TALKS = 200;

export class Shelf {
  private readonly prefix: string;

  constructor(
    private readonly store: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    user: number | string,
  ) {
    this.prefix = `gateway.playground.${user}.`;
  }

  /** Newest first. */
  list(): Listed[] {
    return this.array("talks")
      .map((one) => ({ id: text(object(one).id), title: text(object(one).title), changed: Number(object(one).changed) || 0 }))
      .sort((a, b) => b.changed - a.changed);
  }

  /** What was asked last, also when its conversation is gone. */
  last(): { model: string; protocol: string } | undefined {
    const [found] = this.array("last");
    const model = text(object(found).model);
    return model ? { model, protocol: text(object(found).protocol) } : undefined;
  }

  load(id: string): Talk | undefined {
    try {
      const found = this.store.getItem(`${this.prefix}talk.${id}`);
      return found === null ? undefined : readTalk(JSON.parse(found));
    } catch {
      return undefined;
    }
  }

  save(talk: Talk): Kept {
    const kept = this.write(`talk.${talk.id}`, talk) ? "all" : this.write(`talk.${talk.id}`, bare(talk)) ? "without-images" : "nothing";
    if (kept === "nothing") return kept;
    const [first] = talk.lanes;
    if (first) this.write("last", [{ model: first.model, protocol: first.protocol }]);
    const rest = this.list().filter((one) => one.id !== talk.id);
    for (const old of rest.splice(MAX_TALKS - 1)) this.drop(`talk.${old.id}`);
    this.write("talks", [{ id: talk.id, title: talk.title, changed: talk.changed }, ...rest]);
    return kept;
  }

  remove(id: string): void {
    this.drop(`talk.${id}`);
    this.write("talks", this.list().filter((one) => one.id !== id));
  }

  presets(): Preset[] {
    return this.array("presets").flatMap((one) => {
      try {
        return [readPreset(one)];
      } catch {
        return [];
      }
    });
  }

  savePresets(presets: Preset[]): boolean {
    return this.write("presets", presets);
  }

  private array(name: string): unknown[] {
    try {
      const found: unknown = JSON.parse(this.store.getItem(this.prefix + name) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  private write(name: string, value: unknown): boolean {
    try {
      this.store.setItem(this.prefix + name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  private drop(name: string): void {
    try {
      this.store.removeItem(this.prefix + name);
    } catch {
      // storage that is off has nothing to remove
    }
  }
}

/** The same without pictures, which are nearly all of its size. */
function bare(talk: Talk): Talk {
  const lanes = talk.lanes.map((lane) => ({
    ...lane,
    items: lane.items.map((item) => ({ ...item, blocks: item.blocks.filter((block) => block.type !== "image") })),
  }));
  return { ...talk, lanes };
}
