/** The state of a list as a URL keeps it. Pure; see lib/listState.test.ts. */

export const SIZES = [25, 50, 100, 250] as const;
export const SIZE = 50;

export type ListState = { q: string; sort: string; size: number; after: string; filters: Record<string, string> };

/** Names that no filter may have. */
const OWN = ["q", "sort", "size", "after", "peek", "new", "tab"];

export function readState(url: URLSearchParams, filters: readonly string[], defaultSort: string): ListState {
  const wrong = filters.find((name) => OWN.includes(name));
  if (wrong) throw new Error(`a filter cannot be called ${wrong}`);
  const size = Number(url.get("size"));
  const found: Record<string, string> = {};
  for (const name of filters) {
    const value = url.get(name);
    if (value) found[name] = value;
  }
  return {
    q: url.get("q") ?? "",
    sort: url.get("sort") ?? defaultSort,
    size: (SIZES as readonly number[]).includes(size) ? size : SIZE,
    after: url.get("after") ?? "",
    filters: found,
  };
}

/** `url` with a changed state. What a change makes pointless goes: another filter begins at the first page. */
export function writeState(url: URLSearchParams, change: Partial<ListState>, defaultSort: string): URLSearchParams {
  const made = new URLSearchParams(url);
  const put = (name: string, value: string, usual = "") => (value === usual ? made.delete(name) : made.set(name, value));
  if (change.q !== undefined) put("q", change.q);
  if (change.sort !== undefined) put("sort", change.sort, defaultSort);
  if (change.size !== undefined) put("size", String(change.size), String(SIZE));
  for (const [name, value] of Object.entries(change.filters ?? {})) put(name, value);
  if (change.after !== undefined) put("after", change.after);
  else made.delete("after");
  return made;
}

/** The part of a URL that a saved view keeps: what is seen, not where in it. */
export function viewOf(url: URLSearchParams): string {
  const made = new URLSearchParams(url);
  for (const name of ["after", "peek", "new"]) made.delete(name);
  made.sort();
  return made.toString();
}

const STEPS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A range of the URL as two ISO times: "24h" ends now, "2026-01-01T00:00:00Z~" has no end. Null where there is no bound. */
export function rangeOf(value: string, now: number): { from: string | null; to: string | null } {
  const last = /^(\d{1,5})([mhd])$/.exec(value);
  if (last) return { from: new Date(now - Number(last[1]) * (STEPS[last[2] ?? "h"] ?? 0)).toISOString(), to: null };
  const [from = "", to = ""] = value.split("~");
  const time = (text: string) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString());
  return { from: time(from), to: time(to) };
}
