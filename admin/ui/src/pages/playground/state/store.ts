/**
 * The conversation on the page, and the answers that are coming in.
 *
 * An answer that grows is told to its own lane only: the rest of the page is not drawn again for it. What is done goes
 * into the conversation, which is kept soon after each change.
 */
import { useSyncExternalStore } from "react";
import type { Block } from "~/lib/protocols";
import type { Progress } from "~/lib/protocols/run";
import type { Shelf } from "./storage";
import type { Talk } from "./types";

const SAVE_MS = 400;

class Watched {
  private readonly watchers = new Set<() => void>();

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** An answer that is coming in. `progress` is undefined until there is something of it. */
export interface Live {
  control: AbortController;
  begun: number;
  progress?: Progress;
}

export interface State {
  talk: Talk;
  /** Lanes that wait for an answer. */
  busy: ReadonlySet<string>;
  /** Whether storage could keep everything. */
  kept: "all" | "without-images" | "nothing";
}

export class Playground {
  readonly changes = new Watched();
  /** What stands in the input, for "copy as". */
  draft: () => Block[] = () => [];
  private readonly lanes = new Watched();
  private live: ReadonlyMap<string, Live> = new Map();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: State;

  constructor(
    talk: Talk,
    readonly shelf: Shelf,
  ) {
    this.state = { talk, busy: new Set(), kept: "all" };
  }

  readonly get = (): State => this.state;

  change(edit: (talk: Talk) => Talk): Talk {
    const talk = edit(this.state.talk);
    this.set({ talk });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), SAVE_MS);
    return talk;
  }

  /** Another conversation: what is coming in for this one is stopped. */
  open(talk: Talk): void {
    this.stop();
    this.keep();
    this.replace(talk);
  }

  /** The same, without keeping the one that was there. */
  replace(talk: Talk): void {
    this.stop();
    clearTimeout(this.timer);
    this.live = new Map();
    this.set({ talk, busy: new Set() });
  }

  /** Writes the conversation down, if anything was said in it. */
  readonly keep = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { talk } = this.state;
    if (talk.lanes.every((lane) => lane.items.length === 0)) return;
    const kept = this.shelf.save(talk);
    if (kept !== this.state.kept) this.set({ kept });
  };

  begin(lane: string): Live {
    this.live.get(lane)?.control.abort();
    const live: Live = { control: new AbortController(), begun: Date.now() };
    this.live = new Map(this.live).set(lane, live);
    this.set({ busy: new Set(this.state.busy).add(lane) });
    return live;
  }

  /** Whether this is still the answer that its lane waits for. */
  current(lane: string, live: Live): boolean {
    return this.live.get(lane)?.control === live.control;
  }

  grow(lane: string, live: Live, progress: Progress): void {
    if (!this.current(lane, live)) return;
    this.live = new Map(this.live).set(lane, { ...live, progress });
    this.lanes.tell();
  }

  end(lane: string, live: Live): void {
    if (!this.current(lane, live)) return;
    const rest = new Map(this.live);
    rest.delete(lane);
    this.live = rest;
    const busy = new Set(this.state.busy);
    busy.delete(lane);
    this.set({ busy });
  }

  stop(lane?: string): void {
    for (const [id, { control }] of this.live) if (lane === undefined || lane === id) control.abort();
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changes.tell();
    this.lanes.tell();
  }

  readonly useState = (): State => useSyncExternalStore(this.changes.watch, this.get);
  readonly useLive = (lane: string): Live | undefined => useSyncExternalStore(this.lanes.watch, () => this.live.get(lane));
}
