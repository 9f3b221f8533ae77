/** How an order is shown: the colour of its state, amounts in its own currency. Pure. */
import type { Tone } from "~/components";

export const TONES: Record<string, Tone> = { paid: "good", pending: "info", review: "warn", failed: "bad", refunded: "warn" };

export const REFUND_TONES: Record<string, Tone> = { asked: "warn", done: "good", failed: "bad" };

/** Services are called by their names; the others have words. */
export const PROVIDERS = ["stripe", "epay", "creem", "transfer", "balance", "manual"] as const;
const BRANDS: Record<string, string> = { stripe: "Stripe", epay: "EPay", creem: "Creem" };

/** What an order is paid with: "EPay · alipay". `word` says the ones that have words. */
export const paidWith = (provider: string, method: string, word: (name: "transfer" | "balance" | "manual") => string): string =>
  [BRANDS[provider] ?? (provider === "transfer" || provider === "balance" || provider === "manual" ? word(provider) : provider), method].filter(Boolean).join(" · ");

export function amountText(amount: string, currency: string, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount as Intl.StringNumericLiteral);
  } catch {
    return `${amount} ${currency}`;
  }
}
