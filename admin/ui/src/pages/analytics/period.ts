/** The time that is looked at: its bounds, and whether it is drawn by hour or by day. Pure. */
import { rangeOf } from "~/lib/listState";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOURS_UP_TO = 73 * HOUR;
export const USUAL = "7d";

export type Period = {
  /** What the server is asked; null is no bound. */
  from: string | null;
  to: string | null;
  /** The same in milliseconds; without a bound the end is now. */
  since: number | null;
  until: number;
  per: "hour" | "day";
  step: number;
};

/** A range of the URL. "7d" begins with its first hour or day, as the sums and the times of requests are kept by these. */
export function periodOf(range: string, now: number): Period {
  const { from, to } = rangeOf(range, now);
  const until = to === null ? now : Date.parse(to);
  const asked = from === null ? null : Date.parse(from);
  const per = asked !== null && until - asked <= HOURS_UP_TO ? "hour" : "day";
  const step = per === "hour" ? HOUR : DAY;
  const last = !range.includes("~");
  // With the hour that runs there are as many hours as are asked for; days are whole, and today comes on top.
  const since = asked !== null && last ? asked - (asked % step) + (per === "hour" && until - asked > DAY / 4 - 1 ? step : 0) : asked;
  return { from: since === null ? null : new Date(since).toISOString(), to, since, until, per, step };
}

/** Dimensions of who asks; all others say what was asked. */
const WHO = new Set(["key", "user", "team", "organisation"]);

/** Whether both kinds of dimension matter: then the times of requests are known by day only. */
export const mixed = (dimensions: readonly string[]): boolean => dimensions.some((one) => WHO.has(one)) && dimensions.some((one) => !WHO.has(one));

/** The axis' text of an hour (the reader's clock) or of a day (days are whole in UTC). */
export function stepText(at: string, { per, since, until }: Period, locale: string): string {
  const long = since === null || until - since > 366 * DAY;
  const day: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", ...(long ? { year: "numeric" } : {}) };
  if (per === "day") return new Intl.DateTimeFormat(locale, { ...day, timeZone: "UTC" }).format(new Date(at));
  const several = since !== null && until - since > DAY;
  return new Intl.DateTimeFormat(locale, { ...(several ? day : {}), hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}
