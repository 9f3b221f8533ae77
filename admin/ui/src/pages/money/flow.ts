/** The money flow's amounts: what comes in, what goes out, and the lines of a file of it. Pure. */
import type { Schema } from "~/api";
import { decimal } from "~/lib/money";

export type Amounts = Schema<"Amounts">;
export const IN = ["topups", "redemptions", "grants", "corrections", "other"] as const;
export const OUT = ["consumed", "purchases", "refunds"] as const;
export const ALL = [...IN, ...OUT, "provider_cost"] as const;
export type Kind = (typeof ALL)[number];

/** What balances gained beside refunds and purchases. */
export const gained = (sums: Amounts): number => IN.reduce((sum, name) => sum + sums[name], 0);

/** Whether anything of a kind is there: a column of noughts is left out. */
export const used = (items: Amounts[], names: readonly Kind[]): Kind[] => names.filter((name) => items.some((one) => one[name] !== 0));

/** Lines for a spreadsheet: times in UTC, USD as decimal text. */
export const csv = (items: Schema<"FlowPart">[]): string =>
  [["at", ...ALL].join(","), ...items.map((one) => [one.at, ...ALL.map((name) => decimal(one[name]))].join(","))].join("\r\n");
