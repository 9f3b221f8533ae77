/** Numbers, times and sizes in a person's language. Pure. */
import { numberFormat, relativeFormat, timeFormat } from "./intl";

export const numberText = (value: number, locale: string, digits = 0): string =>
  numberFormat(locale, { maximumFractionDigits: digits }).format(value);

/** 1234567 as "1.2M". */
export const shortNumber = (value: number, locale: string): string =>
  numberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);

export const percentText = (share: number, locale: string, digits = 1): string =>
  numberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share);

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1],
];

/** "3 minutes ago", "in 2 days". `seconds` is negative for the past. */
export function relativeText(seconds: number, locale: string): string {
  const format = relativeFormat(locale, { numeric: "auto", style: "short" });
  const size = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, each]) => size >= each) ?? ["second", 1];
  return format.format(Math.trunc(seconds / length), unit);
}

export const dateTimeText = (at: Date, locale: string): string =>
  timeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);

export const dateText = (at: Date, locale: string): string => timeFormat(locale, { dateStyle: "medium" }).format(at);

/** Microseconds as "840 µs", "12.3 ms", "4.2 s", "3 min 5 s". */
export function durationText(us: number, locale: string): string {
  const unit = (value: number, name: string, digits: number) =>
    numberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  if (us < 1000) return unit(us, "microsecond", 0);
  if (us < 1e6) return unit(us / 1e3, "millisecond", us < 1e4 ? 1 : 0);
  if (us < 6e7) return unit(us / 1e6, "second", us < 1e7 ? 2 : 1);
  const whole = Math.round(us / 1e6);
  if (whole < 3600) return `${unit(Math.floor(whole / 60), "minute", 0)} ${unit(whole % 60, "second", 0)}`;
  if (whole < 86_400) return `${unit(Math.floor(whole / 3600), "hour", 0)} ${unit(Math.floor((whole % 3600) / 60), "minute", 0)}`;
  return `${unit(Math.floor(whole / 86_400), "day", 0)} ${unit(Math.floor((whole % 86_400) / 3600), "hour", 0)}`;
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function bytesText(bytes: number, locale: string): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return numberFormat(locale, { style: "unit", unit: SIZES[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: step === 0 ? 0 : 1 }).format(value);
}

/** Times of the API are ISO text, or unix microseconds in usage. */
export const timeOf = (at: string | number): Date => new Date(typeof at === "number" ? at / 1000 : at);
