/** What is measured: how each number is read from the sums of a group, worded and drawn. Pure. */
import type { Schema } from "~/api";
import { durationText, percentText, shortNumber } from "~/lib/format";
import { moneyText } from "~/lib/money";
import type { Period } from "./period";

export type Total = Schema<"UsageTotal">;
export const MEASURES = ["requests", "tokens", "cost", "errors", "latency", "firstToken", "cache"] as const;
export type Measure = (typeof MEASURES)[number];

const time = (value: number, locale: string) => (value ? durationText(value, locale) : "—");
const share = (value: number, locale: string) => percentText(value, locale);

type Spec = {
  /** The number that groups are compared by. */
  of: (total: Total) => number;
  text: (value: number, locale: string) => string;
  /** "bar": parts add up to a whole, so that what is not drawn by itself is drawn as the rest. */
  kind: "bar" | "line";
  /** Read from counts of durations, which the server is asked for. */
  timed?: boolean;
};

/** Percentiles where there are any, else the mean: by hour they are known of who asked or of what was asked, not of both. */
const of95 = (found: Schema<"Percentiles"> | null | undefined, mean: number) => found?.p95 ?? mean;

export const SPECS: Record<Measure, Spec> = {
  requests: { of: (total) => total.requests, text: shortNumber, kind: "bar" },
  tokens: { of: (total) => total.input_tokens + total.output_tokens, text: shortNumber, kind: "bar" },
  cost: { of: (total) => total.cost, text: (value, locale) => moneyText(Math.round(value), locale), kind: "bar" },
  errors: { of: (total) => total.error_share, text: share, kind: "line" },
  latency: { of: (total) => of95(total.total_us, total.mean_total_us), text: time, kind: "line", timed: true },
  firstToken: { of: (total) => of95(total.first_token_us, total.mean_first_token_us), text: time, kind: "line", timed: true },
  cache: { of: (total) => total.cache_share, text: share, kind: "line" },
};

/** The series of all requests together, by the names of their texts. */
export function together(measure: Measure, everything: boolean, timed: boolean): Record<string, (total: Total) => number> {
  if (measure === "requests") return { answered: (total) => total.requests - total.errors, failed: (total) => total.errors };
  if (measure === "tokens") {
    return { fresh: (total) => total.input_tokens - total.cached_tokens, cached: (total) => total.cached_tokens, output: (total) => total.output_tokens };
  }
  if (measure === "cost" && everything) return { cost: (total) => total.cost, providers: (total) => total.provider_cost };
  if (measure === "latency" && timed) return { p50: (total) => total.total_us?.p50 ?? 0, p95: (total) => total.total_us?.p95 ?? 0 };
  if (measure === "firstToken" && timed) return { p50: (total) => total.first_token_us?.p50 ?? 0, p95: (total) => total.first_token_us?.p95 ?? 0 };
  if (SPECS[measure].timed) return { mean: SPECS[measure].of };
  return { [measure]: SPECS[measure].of };
}

/** A group of the sums: its id where it has one, else its name. */
export const keyOf = (total: Total): string => String(total.id ?? total.group);

/** The groups that are drawn by themselves: the largest by the measure, or by requests where it says how much of each. */
export function largest(groups: readonly Total[], measure: Measure, most: number): Total[] {
  const { of, kind } = SPECS[measure];
  const size = kind === "bar" ? of : SPECS.requests.of;
  return [...groups].sort((one, other) => size(other) - size(one)).slice(0, most);
}

export const REST = "rest";

/** A row for each step of the period: `s0`, `s1`... for the groups drawn by themselves, `rest` for all others. */
export function rowsOf(series: readonly Total[], period: Period, groups: readonly Total[], measure: Measure): { at: string; values: Record<string, number> }[] {
  const { of, kind } = SPECS[measure];
  const places = new Map(groups.map((group, index) => [keyOf(group), `s${index}`]));
  return steps(series, period).map(({ at, parts }) => {
    // Nothing asked is nothing of a sum; of a share or a time it is no point of the line.
    const values: Record<string, number> = kind === "bar" ? Object.fromEntries([...places.values(), REST].map((name) => [name, 0])) : {};
    for (const part of parts) {
      const name = places.get(keyOf(part)) ?? (kind === "bar" ? REST : null);
      if (name !== null) values[name] = (values[name] ?? 0) + of(part);
    }
    return { at, values };
  });
}

/** The hours or days of the period with what the server said of each; those without requests have no parts. */
export function steps(series: readonly Total[], { since, until, step }: Period): { at: string; parts: Total[] }[] {
  const found = new Map<number, Total[]>();
  for (const part of series) {
    const place = Math.floor(Date.parse(part.at ?? "") / step);
    found.set(place, [...(found.get(place) ?? []), part]);
  }
  const begin = since === null ? Math.min(...found.keys(), Math.floor(until / step)) : Math.floor(since / step);
  const rows: { at: string; parts: Total[] }[] = [];
  for (let place = begin; place * step < until; place += 1) rows.push({ at: new Date(place * step).toISOString(), parts: found.get(place) ?? [] });
  return rows;
}

/** What a table is ordered by: a name, with a minus before it for the largest first. */
export function sorted(groups: readonly Total[], order: string): Total[] {
  const name = order.replace(/^-/, "");
  const sign = order.startsWith("-") ? -1 : 1;
  const values: Record<string, (total: Total) => number | string> = {
    group: (total) => total.group, requests: (total) => total.requests, error_share: (total) => total.error_share,
    input_tokens: (total) => total.input_tokens, output_tokens: (total) => total.output_tokens, cache_share: (total) => total.cache_share,
    cost: (total) => total.cost, provider_cost: (total) => total.provider_cost,
    p50: (total) => total.total_us?.p50 ?? 0, p95: (total) => total.total_us?.p95 ?? 0,
    first50: (total) => total.first_token_us?.p50 ?? 0, first95: (total) => total.first_token_us?.p95 ?? 0,
  };
  const of = values[name] ?? SPECS.cost.of;
  const compare = (one: Total, other: Total) => {
    const [left, right] = [of(one), of(other)];
    return typeof left === "string" ? left.localeCompare(String(right)) : left - Number(right);
  };
  return [...groups].sort((one, other) => sign * compare(one, other) || keyOf(one).localeCompare(keyOf(other)));
}
