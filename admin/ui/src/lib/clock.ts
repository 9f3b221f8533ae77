/** One clock for all times that are told as "3 minutes ago": who asks is drawn again as it ticks, whoever drew it. */
import { useSyncExternalStore } from "react";

const TICK_MS = 10_000;
const watchers = new Set<() => void>();
let ticks = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  ticks += 1;
  for (const told of watchers) told();
}

function watch(told: () => void): () => void {
  watchers.add(told);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    watchers.delete(told);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Draws the caller again every ten seconds. */
export const useTicks = (): number => useSyncExternalStore(watch, () => ticks);
