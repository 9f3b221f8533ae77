/** What money is shown in: USD, or what the operator chose, unless the person wants USD. Amounts themselves stay USD. */

/** `millionths`: of the unit for 1 USD. `iso`: whether `code` is a currency that browsers know by name. */
export type Currency = { code: string; iso: boolean; unit: string; millionths: bigint; digits: number };
export const MILLION = 1_000_000n;
export const USD: Currency = { code: "USD", iso: true, unit: "", millionths: MILLION, digits: 2 };

type Told = { code: string; unit: string; rate: string; digits: number };
const KEY = "gateway.currency";

/** The unit that the server names; USD when its rate is none. `word` is what New API's unit is called. */
export function currencyOf(told: Told, word: string): Currency {
  const rate = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(told.rate);
  const millionths = rate ? BigInt((rate[1] ?? "0") + (rate[2] ?? "").padEnd(6, "0")) : 0n;
  if (told.code === "USD" || millionths === 0n) return USD;
  return { code: told.code, iso: /^[A-Z]{3}$/.test(told.code), unit: told.code === "quota" ? word : told.unit, millionths, digits: told.digits };
}

const watchers = new Set<() => void>();
let now = remembered();

/** What was shown last in this browser, so that a page does not begin in another currency. */
function remembered(): Currency {
  try {
    const kept = JSON.parse(globalThis.localStorage?.getItem(KEY) ?? "null") as (Omit<Currency, "millionths"> & { millionths: string }) | null;
    return kept ? { ...kept, millionths: BigInt(kept.millionths) } : USD;
  } catch {
    return USD;
  }
}

export const currency = (): Currency => now;

const text = (one: Currency): string => JSON.stringify({ ...one, millionths: String(one.millionths) });

export function showIn(next: Currency): void {
  if (text(next) === text(now)) return;
  now = next;
  try {
    if (next === USD) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, text(next));
  } catch {
    // Without storage it holds as long as the page.
  }
  for (const watcher of watchers) watcher();
}

/** Call `watcher` at each change; the answer ends it. */
export function watchCurrency(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
