/** Money is a whole number of nano-USD; here it becomes text and back without ever being a fraction in binary.
 *
 * What is shown is nano-USD x rate, rounded once, half away from zero, to the places that are shown. What is typed in another
 * unit becomes nano-USD in the same way. Pure, but for the unit that is shown (currency.ts).
 */
import { type Currency, currency, USD } from "./currency";
import { numberFormat } from "./intl";

export type Nano = number | string | bigint;
/** Places of a shown amount before it is rounded: nine of nano-USD and six of the rate. */
const DEEP = 15;
/** As many places as are shown at most, in any unit. */
const MOST = 9;
/** Places of the finest amounts that the arithmetic of a cost has. */
const FINEST = 24;
const power = (places: number): bigint => 10n ** BigInt(places);
const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);

/** A quotient rounded half away from zero. */
function divided(value: bigint, by: bigint): bigint {
  const found = (sizeOf(value) * 2n + by) / (by * 2n);
  return value < 0n ? -found : found;
}

/** A whole number of 10^-places as decimal text without superfluous noughts. */
function plain(value: bigint, places: number): string {
  const digits = sizeOf(value).toString().padStart(places + 1, "0");
  const rest = places ? digits.slice(-places).replace(/0+$/, "") : "";
  return `${value < 0n ? "-" : ""}${places ? digits.slice(0, -places) : digits}${rest ? `.${rest}` : ""}`;
}

/** A decimal text as a whole number of 10^-places; null when it is none, or finer. */
function whole(text: string, places: number): bigint | null {
  const found = /^(-?)(\d{1,20})(?:\.(\d*))?$/.exec(text.trim());
  if (!found || (found[3] ?? "").length > places) return null;
  const size = BigInt((found[2] ?? "0") + (found[3] ?? "").padEnd(places, "0"));
  return found[1] ? -size : size;
}

/** Nano-USD as a decimal text: 1500000000 is "1.5". */
export const decimal = (nano: Nano): string => plain(BigInt(nano), MOST);

/** A decimal text as nano-USD; null when it is none, or has more than nine places. */
export function nanoOf(text: string): bigint | null {
  return /^-?\d{1,12}(\.\d*)?$/.test(text.trim()) ? whole(text, MOST) : null;
}

/** Places after the point that an amount is worth: those of its unit, more for parts of the smallest. */
function placesOf(deep: bigint, digits: number): number {
  const size = sizeOf(deep);
  if (size === 0n || size >= power(DEEP)) return digits;
  return Math.max(digits, size >= power(DEEP - 2) ? Math.min(digits + 2, 4) : size >= power(DEEP - 4) ? 6 : MOST);
}

/** Nano-USD in a person's language and unit: "$1.50". `exact` shows every place, at most nine. */
export function moneyText(nano: Nano, locale: string, exact = false, unit: Currency = currency()): string {
  const deep = BigInt(nano) * unit.millionths;
  const most = exact ? MOST : placesOf(deep, unit.digits);
  return written(plain(divided(deep, power(DEEP - most)), most), locale, unit, most);
}

/** USD as decimal text that is finer than a nano-USD, with every place. What is no amount stays as it is. */
export function amountText(usd: string, locale: string, unit: Currency = currency()): string {
  const value = whole(usd, FINEST);
  if (value === null) return usd;
  const most = unit === USD ? FINEST : DEEP;
  return written(plain(divided(value * unit.millionths, power(FINEST + 6 - most)), most), locale, unit, most);
}

/** Nano-USD as USD to the last place, told from the other dollars: for beside another currency. */
export const usdText = (nano: Nano, locale: string): string =>
  numberFormat(locale, { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: MOST }).format(decimal(nano) as Intl.StringNumericLiteral);

/** What stands behind a value of a chart that is not in USD: the same in USD; nothing where it is. */
export const inUsd = (locale: string): ((value: number) => string) | undefined => (currency() === USD ? undefined : (value) => `(${usdText(Math.round(value), locale)})`);

/** The sign or name of the unit, and whether it stands behind an amount. */
export function signOf(locale: string, unit: Currency = currency()): { sign: string; behind: boolean } {
  const parts = numberFormat(locale, { style: "currency", currency: unit.iso ? unit.code : "USD", currencyDisplay: unit.iso ? shownAs(unit) : "narrowSymbol" }).formatToParts(1);
  const at = parts.findIndex((part) => part.type === "currency");
  return unit.iso ? { sign: parts[at]?.value ?? unit.code, behind: at > 0 } : { sign: unit.unit, behind: at > 0 || isName(unit.unit) };
}

// Another dollar than that of the USA says which one it is.
const shownAs = (unit: Currency): "narrowSymbol" | "symbol" => (unit.code === "USD" ? "narrowSymbol" : "symbol");
/** A word stands behind the number, whatever the language does with signs. */
const isName = (unit: string): boolean => /^[\p{L}\p{M}\p{N} .-]+$/u.test(unit);

function written(text: string, locale: string, unit: Currency, most: number): string {
  const number = text as Intl.StringNumericLiteral;
  const places = { minimumFractionDigits: Math.min(unit.digits, most), maximumFractionDigits: most };
  if (unit.iso) return numberFormat(locale, { style: "currency", currency: unit.code, currencyDisplay: shownAs(unit), ...places }).format(number);
  if (isName(unit.unit)) return `${numberFormat(locale, places).format(number)}\u00a0${unit.unit}`;
  // A sign of one's own stands where the language puts the dollar's.
  const parts = numberFormat(locale, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", ...places }).formatToParts(number as unknown as number);
  return parts.map((part) => (part.type === "currency" ? unit.unit : part.value)).join("");
}

/** USD as decimal text -> the shortest text in the unit that comes back to it. What is no amount stays as it is. */
export function fieldText(usd: string, unit: Currency = currency()): string {
  const nano = unit === USD ? null : nanoOf(usd);
  if (nano === null) return usd;
  const deep = nano * unit.millionths;
  for (let places = 0; places < DEEP; places += 1) {
    const short = divided(deep, power(DEEP - places));
    if (divided(short * power(DEEP - places), unit.millionths) === nano) return plain(short, places);
  }
  return plain(deep, DEEP);
}

/** What was typed in the unit -> USD as decimal text for the API. What is no amount becomes something that the API refuses. */
export function usdOf(text: string, unit: Currency = currency()): string {
  if (text === "" || unit === USD) return text;
  const typed = whole(text, DEEP);
  return typed === null ? `?${text}` : decimal(divided(typed, unit.millionths));
}

/** A number as a person types it in their language as plain decimal text: "1 234,5" is "1234.5". What is none stays as it is. */
export function plainNumber(typed: string, locale: string): string {
  const text = typed.replace(/[\s\u00a0\u202f'’]/g, "");
  const parts = numberFormat(locale, { useGrouping: "always" } as Intl.NumberFormatOptions).formatToParts(12345.6);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const [point, group] = [sign("decimal"), sign("group")];
  if (text.includes(".") && text.includes(",")) return parted(text, text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",");
  // A single kind of mark: it parts thousands only where the language does so.
  if (group !== point && /[.,]/.test(group) && new RegExp(`^-?[1-9]\\d{0,2}(\\${group}\\d{3})+$`).test(text)) return text.replaceAll(group, "");
  return text.replace(",", ".");
}

/** A number with both marks, of which `point` is the decimal one. */
function parted(text: string, point: "." | ","): string {
  const group = point === "." ? "," : ".";
  const [front = "", rest, ...more] = text.split(point);
  if (more.length > 0 || rest === undefined || !new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+$`).test(front)) return text;
  return `${front.replaceAll(group, "")}.${rest}`;
}
