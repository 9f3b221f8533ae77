/** A key as its form holds it: lists where the API has null for "all". Pure. */
import type { Schema } from "~/api";

type Made = Schema<"KeyMake">;
type Out = Schema<"KeyOut">;
export type Values = {
  name: string; user: string; team: string; enabled: boolean; models: string[]; endpoints: string[]; networks: string[]; group: string; groups: string[]; group_retry: boolean;
  expires_at: string | null; cost_cap: string; strict: boolean; admin: boolean; remark: string; budgets: Budget[]; limits: Limit[];
};
export type Budget = Schema<"KeyBudget-Input">;
export type Limit = Schema<"KeyLimit">;

export const ENDPOINTS = [
  "chat_completions", "completions", "embeddings", "responses", "responses_compact", "responses_input_tokens", "messages", "messages_count_tokens",
  "gemini_generate_content", "gemini_count_tokens", "gemini_embed_content",
];
export const PERIODS = ["total", "day", "week", "month"] as const;
export const METRICS = ["requests", "tokens", "concurrent"] as const;
export const WINDOWS = ["second", "minute", "hour", "day"] as const;

export const FRESH: Values = {
  name: "", user: "", team: "", enabled: true, models: [], endpoints: [], networks: [], group: "", groups: [], group_retry: false,
  expires_at: null, cost_cap: "", strict: false, admin: false, remark: "", budgets: [], limits: [],
};

export const valuesOf = (key: Out): Values => ({
  name: key.name, user: key.user ?? "", team: key.team ?? "", enabled: key.enabled, models: key.models ?? [], endpoints: key.endpoints ?? [], networks: key.networks ?? [],
  group: key.group ?? "", groups: key.groups ?? [], group_retry: key.group_retry ?? false, expires_at: key.expires_at, cost_cap: key.cost_cap ?? "",
  strict: key.strict, admin: key.admin, remark: key.remark ?? "", budgets: key.budgets ?? [], limits: key.limits ?? [],
});

const orNull = (list: string[]): string[] | null => (list.length > 0 ? list : null);

/** What the caller may say of a key, besides what everybody may. */
export type May = { user: boolean; limits: boolean; admin: boolean };

/** What the API takes. */
export function bodyOf(values: Values, may: May): Made {
  const { user, team, admin, limits, ...rest } = values;
  return {
    ...rest, models: orNull(values.models), endpoints: orNull(values.endpoints), networks: orNull(values.networks), groups: orNull(values.groups),
    group: values.group || null, cost_cap: values.cost_cap || null, team: team || null,
    ...(may.user ? { user: user || null } : {}), ...(may.limits ? { limits } : {}), ...(may.admin ? { admin } : {}),
  };
}

/** What of it is another than before: of the rest, the caller may not be allowed to say anything. */
export function changesOf(values: Values, before: Values, may: May): Schema<"KeyPatch"> {
  const [now, then] = [bodyOf(values, may), bodyOf(before, may)] as Record<string, unknown>[];
  return Object.fromEntries(Object.entries(now ?? {}).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(then?.[name])));
}
