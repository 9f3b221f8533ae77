/** Whether something that is opened from anywhere is open. */
import { useSyncExternalStore } from "react";

export type Opened = { get: () => boolean; set: (open: boolean) => void; watch: (watcher: () => void) => () => void };

export function createStore(): Opened {
  let open = false;
  const watchers = new Set<() => void>();
  return {
    get: () => open,
    set: (next) => {
      open = next;
      for (const watcher of watchers) watcher();
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

export const useStore = (store: Opened): boolean => useSyncExternalStore(store.watch, store.get);
