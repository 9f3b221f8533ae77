/** What an answer costs by the price list, until it is booked. Pure; nano-USD as bigint, never a float. */
import type { Schema } from "~/api";
import type { Usage } from "~/lib/protocols";
import { nanoOf } from "~/lib/money";

type Price = NonNullable<Schema<"OfferedModel">["price"]>;

/** Prices are USD per 1,000,000 tokens: nano-USD per token is that times 1000. Undefined where the price has more terms. */
export function estimate(price: Price | null | undefined, usage: Usage): bigint | undefined {
  if (!price || price.more) return undefined;
  const [input, output, read, call] = [price.input, price.output, price.cache_read || price.input, price.call || "0"].map(nanoOf);
  if (input == null || output == null || read == null || call == null) return undefined;
  const fresh = BigInt(Math.max(usage.input - usage.cached, 0));
  return (fresh * input + BigInt(usage.cached) * read + BigInt(usage.output) * output) / 1_000_000n + call;
}
