/** What the overview measures: how each number is read from the sums, worded, drawn, and whether more of it is better. Pure. */
import type { Schema } from "~/api";
import { durationText, numberText, percentText, shortNumber } from "~/lib/format";
import { moneyText } from "~/lib/money";

export type Sums = Schema<"Sums">;
export type Part = Schema<"Part">;
export const MEASURES = ["requests", "cost", "tokens", "errors", "latency", "firstToken", "speed", "cache"] as const;
export type Measure = (typeof MEASURES)[number];

type Spec = {
  of: (sums: Sums) => number;
  text: (value: number, locale: string) => string;
  /** Of a rise: 1 is good news, -1 bad, 0 neither. */
  rise: 1 | 0 | -1;
  /** "share": the change is said in points of a per cent, not as a part of what was before. */
  share?: boolean;
  kind: "area" | "bar" | "line";
};

const time = (value: number, locale: string) => (value ? durationText(Math.round(value), locale) : "—");
const percent = (value: number, locale: string) => percentText(value, locale);

export const SPECS: Record<Measure, Spec> = {
  requests: { of: (sums) => sums.requests, text: shortNumber, rise: 0, kind: "bar" },
  cost: { of: (sums) => sums.cost, text: (value, locale) => moneyText(Math.round(value), locale), rise: 0, kind: "area" },
  tokens: { of: (sums) => sums.input_tokens + sums.output_tokens, text: shortNumber, rise: 0, kind: "bar" },
  errors: { of: (sums) => sums.error_share, text: percent, rise: -1, share: true, kind: "line" },
  latency: { of: (sums) => sums.mean_total_us, text: time, rise: -1, kind: "line" },
  firstToken: { of: (sums) => sums.mean_first_token_us, text: time, rise: -1, kind: "line" },
  speed: { of: (sums) => sums.tokens_per_second, text: (value, locale) => numberText(value, locale, 1), rise: 1, kind: "line" },
  cache: { of: (sums) => sums.cache_share, text: percent, rise: 1, share: true, kind: "line" },
};

/** The series that a measure is drawn as: names are keys of the texts. */
export function drawn(measure: Measure, scope: string): Record<string, (sums: Sums) => number> {
  if (measure === "requests") return { answered: (sums) => sums.requests - sums.errors, failed: (sums) => sums.errors };
  if (measure === "tokens") {
    return { fresh: (sums) => sums.input_tokens - sums.cached_tokens, cached: (sums) => sums.cached_tokens, output: (sums) => sums.output_tokens };
  }
  if (measure === "cost" && scope === "all") return { cost: (sums) => sums.cost, providers: (sums) => sums.provider_cost };
  return { [measure]: SPECS[measure].of };
}

/** The change against the period before: null where there was nothing to compare with. */
export function change(measure: Measure, now: Sums, before: Sums): number | null {
  const { of, share } = SPECS[measure];
  if (before.requests === 0 || now.requests === 0) return null;
  if (share) return of(now) - of(before);
  return of(before) === 0 ? null : of(now) / of(before) - 1;
}

const STEP = { hour: 3_600_000, day: 86_400_000 };
const NOTHING: Sums = {
  requests: 0, errors: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0, cost: 0, provider_cost: 0,
  mean_total_us: 0, mean_first_token_us: 0, error_share: 0, cache_share: 0, tokens_per_second: 0,
};

/** A row for every hour or day of the period; those without requests are nought. */
export function filled(series: Part[], since: string, until: string, per: "hour" | "day"): Part[] {
  const step = STEP[per];
  const found = new Map(series.map((part) => [Math.floor(Date.parse(part.at) / step), part]));
  const rows: Part[] = [];
  for (let at = Math.floor(Date.parse(since) / step); at * step < Date.parse(until); at += 1) {
    rows.push(found.get(at) ?? { ...NOTHING, at: new Date(at * step).toISOString() });
  }
  return rows;
}

/** The axis' text of an hour (the reader's clock) or of a day (days are whole in UTC). */
export function axisText(at: string, per: "hour" | "day", long: boolean, locale: string): string {
  const day = { month: "short", day: "numeric" } as const;
  if (per === "day") return new Intl.DateTimeFormat(locale, { ...day, timeZone: "UTC" }).format(new Date(at));
  return new Intl.DateTimeFormat(locale, { ...(long ? day : {}), hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}
