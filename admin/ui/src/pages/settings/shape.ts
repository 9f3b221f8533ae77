/** What a setting's JSON Schema asks for as a field. Pure; knows no setting by its name. */
import type { Schema } from "~/api";

export type Setting = Schema<"SettingOut">;
export type SettingsArea = Schema<"AreaOut">;
export type Kind = "secret" | "switch" | "choice" | "choices" | "nano" | "amount" | "share" | "number" | "tags" | "numbers" | "pairs" | "text" | "long" | "json";

type Form = {
  type?: string; enum?: unknown[]; const?: unknown; anyOf?: Form[]; items?: Form; additionalProperties?: Form | boolean; pattern?: string;
  minimum?: number; maximum?: number; maxLength?: number; examples?: unknown[];
};

const LONG = 300;
export const formOf = (setting: Setting): Form => setting.form as Form;

/** The values of a choice; empty when the schema lists none. */
export function choices(form: Form): string[] {
  const found = form.anyOf ? form.anyOf.flatMap(choices) : form.enum ? form.enum.map(String) : form.const === undefined ? [] : [String(form.const)];
  return form.anyOf?.some((one) => choices(one).length === 0) ? [] : found;
}

export function kindOf(setting: Setting): Kind {
  const form = formOf(setting);
  const types = form.anyOf?.map((one) => one.type) ?? [form.type];
  if (setting.secret) return "secret";
  if (form.type === "boolean") return "switch";
  if (choices(form).length > 0) return "choice";
  if (types.includes("number") && types.includes("string")) return "amount";
  if (types.includes("integer") || types.includes("number")) return setting.unit === "nano-USD" ? "nano" : setting.unit === "millionths" ? "share" : "number";
  if (form.type === "array") {
    if (choices(form.items ?? {}).length > 0) return "choices";
    return form.items?.type === "integer" ? "numbers" : form.items?.type === "string" ? "tags" : "json";
  }
  if (form.type === "object") return typeof form.additionalProperties === "object" && form.additionalProperties.type === "string" ? "pairs" : "json";
  if (form.type === "string") return (form.maxLength ?? 0) >= LONG && !form.pattern ? "long" : "text";
  return "json";
}

/** An example as a placeholder; "" when there is none that is a text. */
export function example(setting: Setting): string {
  const first = formOf(setting).examples?.[0];
  const one = Array.isArray(first) ? first[0] : first;
  return typeof one === "string" ? one : "";
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether all words of a search are in the texts of a setting. */
export function matches(texts: string[], q: string): boolean {
  const text = texts.join(" ").toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
