/** A list's state in the URL, as a hook: Back and Forward go through pages, sorts and filters. */
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { type ListState, rangeOf, readState, writeState } from "~/lib/listState";
import type { Filter, ListQuery } from "./types";

type Trail = { trail?: string[]; inside?: boolean };
export type Overlay = "peek" | "new";

/** Until the browser has gone back, or for the rest of this event where nothing goes back. */
function gone(back: boolean, then: () => void): Promise<void> {
  return new Promise<void>((done) => {
    const end = () => { then(); done(); };
    if (back) window.addEventListener("popstate", end, { once: true });
    else setTimeout(end);
  });
}

export function useListState(filters: Filter[], defaultSort: string) {
  const [url] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const names = useMemo(() => filters.map((filter) => filter.name), [filters]);
  const state = useMemo(() => readState(url, names, defaultSort), [url, names, defaultSort]);
  // Cursors lead forwards only: the way back is kept with the entry of the history.
  const { trail = [], inside = false } = (location.state ?? {}) as Trail;

  const go = useCallback(
    (params: URLSearchParams, more: Trail = {}, replace = false, flushSync = false) =>
      Promise.resolve(navigate({ search: params.toString() }, { state: more, replace, preventScrollReset: true, flushSync })),
    [navigate],
  );
  const change = useCallback(
    (part: Partial<ListState>, replace = false) => go(writeState(url, part, defaultSort), {}, replace),
    [go, url, defaultSort],
  );
  const forward = useCallback(
    (cursor: string) => go(writeState(url, { after: cursor }, defaultSort), { trail: [...trail, state.after] }),
    [go, url, defaultSort, trail, state.after],
  );
  const backward = useCallback(
    () => go(writeState(url, { after: trail.at(-1) ?? "" }, defaultSort), { trail: trail.slice(0, -1) }),
    [go, url, defaultSort, trail],
  );
  // A step forwards is drawn before the next key; one back is the browser's, and takes its time.
  const leaving = useRef<Promise<void> | null>(null);
  /** What lies over the list. */
  const lying = useCallback((name: Overlay) => (leaving.current ? null : new URLSearchParams(window.location.search).get(name)), []);
  /** Open or close what lies over the list: Back closes it. */
  const over = useCallback(
    (name: Overlay, value: string | null): void => {
      if (leaving.current) {
        if (value !== null) void leaving.current.then(() => latest.current(name, value));
        return;
      }
      const params = new URLSearchParams(window.location.search);
      const step = value !== null && params.has(name);
      if (value !== null) params.set(name, value);
      else if (!params.has(name)) return;
      else params.delete(name);
      // One key is answered once, by the drawer or by the list, also where somebody is asked first.
      if (value === null) leaving.current = gone(inside, () => { leaving.current = null; });
      if (value === null && inside) navigate(-1);
      else void go(params, { trail, inside: value !== null && (inside || !step) }, value === null || step, true);
    },
    [navigate, go, inside, trail],
  );
  const latest = useRef(over);
  latest.current = over;
  return { url, state, page: trail.length + 1, change, forward, backward, over, lying, leaving, apply: go };
}

/** What the server is asked. */
export function queryOf(state: ListState, filters: Filter[]): ListQuery {
  const query: ListQuery = { limit: state.size };
  if (state.after) query.cursor = state.after;
  if (state.sort) query.sort = state.sort;
  if (state.q) query.q = state.q;
  for (const filter of filters) {
    const value = state.filters[filter.name];
    if (!value) continue;
    if (filter.type === "range") {
      const { from, to } = rangeOf(value, Date.now());
      if (from) query[filter.from] = from;
      if (to) query[filter.to] = to;
    } else if (filter.type === "number") query[filter.name] = Number(value);
    else if (filter.type === "flag") query[filter.name] = value === "true";
    else query[filter.name] = value;
  }
  return query;
}
