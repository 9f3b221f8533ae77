/** A price as its form holds it, and as the API takes it. Amounts are decimal text, never a binary fraction. Pure; see values.test.ts. */
import type { Schema } from "~/api";

export type Price = Schema<"PriceOut">;
/** USD for a million tokens. */
export const COMPONENTS = [
  "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "image_input", "image_output", "audio_input", "audio_output",
] as const;
export type Component = (typeof COMPONENTS)[number];
export const RATIOS = [
  "model_ratio", "completion_ratio", "cache_ratio", "create_cache_ratio", "image_ratio", "audio_ratio", "audio_completion_ratio", "model_price",
] as const;

type Amounts = Record<Component, string>;
export type Tier = { above: number } & Amounts;
export type Window = { start: string; end: string; ratio: string; days: number[] };
export type Pair = { name: string; amount: string };
export type Values = {
  model: string;
  provider: string;
  by: "amounts" | "ratios";
  amounts: Amounts & { call: string; second: string };
  tiers: Tier[];
  windows: Window[];
  images: Pair[];
  tools: Pair[];
  ratios: Record<(typeof RATIOS)[number], string>;
  effective_from: string | null;
};

const blank = (): Amounts => Object.fromEntries(COMPONENTS.map((name) => [name, ""])) as Amounts;
export const newTier = (): Tier => ({ above: 200_000, ...blank() });
export const newWindow = (): Window => ({ start: "00:00", end: "06:00", ratio: "0.5", days: [] });

export const fresh = (): Values => ({
  model: "", provider: "", by: "amounts", amounts: { ...blank(), call: "", second: "" }, tiers: [], windows: [], images: [], tools: [],
  ratios: Object.fromEntries(RATIOS.map((name) => [name, ""])) as Values["ratios"], effective_from: null,
});

const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));
const pairs = (map: Record<string, string>): Pair[] => Object.entries(map).map(([name, amount]) => ({ name, amount }));

export function valuesOf(price: Price): Values {
  const amounts = Object.fromEntries([...COMPONENTS, "call", "second"].map((name) => [name, text(price[name as Component])])) as Values["amounts"];
  return {
    ...fresh(),
    model: price.model, provider: price.provider, amounts,
    tiers: price.tiers.map((tier) => ({ above: Number(tier.above), ...(Object.fromEntries(COMPONENTS.map((name) => [name, text(tier[name])])) as Amounts) })),
    windows: price.windows.map((one) => ({ start: text(one.start), end: text(one.end), ratio: text(one.ratio), days: (one.days ?? []) as number[] })),
    images: pairs(price.images), tools: pairs(price.tools),
    ratios: Object.fromEntries(RATIOS.map((name) => [name, text(price.ratios?.[name])])) as Values["ratios"],
  };
}

const given = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== "").map(([name, value]) => [name, value.trim()]));
const map = (list: Pair[]) => Object.fromEntries(list.filter((one) => one.name.trim() && one.amount.trim()).map((one) => [one.name.trim(), one.amount.trim()]));

/** The body of a new version. An amount that is empty is not told: it follows from another, as the API says. */
export function bodyOf(values: Values): Schema<"PriceSet"> {
  const { model, provider, effective_from } = values;
  const whose = { model: model.trim(), provider: provider.trim(), effective_from };
  if (values.by === "ratios") return { ...whose, ratios: given(values.ratios) };
  return {
    ...whose,
    ...given(values.amounts),
    tiers: values.tiers.map(({ above, ...amounts }) => ({ above, ...given(amounts) })),
    windows: values.windows.map((one) => ({ ...one })),
    images: map(values.images),
    tools: map(values.tools),
  };
}
