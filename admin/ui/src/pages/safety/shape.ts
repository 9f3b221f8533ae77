/** A safety rule as its form holds it, and back; the order of rules; a text cut where something was found. Pure. */
import type { Schema } from "~/api";

export type Rule = Schema<"SafetyRuleOut">;
export type Kind = Rule["kind"];
export type Action = Rule["action"];
type Made = Schema<"SafetyRuleCreate">;
type Finding = Schema<"Finding">;

export const KINDS: Kind[] = ["words", "patterns", "detectors", "webhook"];
export const ACTIONS: Action[] = ["block", "mask", "log"];
export const STAGES = ["input", "output"] as const;
/** Of a longer list of words the API shows so many. */
export const MOST_WORDS = 1000;

export type Values = {
  name: string; kind: Kind; action: Action; position: number; enabled: boolean; stages: ("input" | "output")[];
  words: string; whole_words: boolean; patterns: string; detectors: string[]; mask: string; message: string; window: number;
  models: string[]; groups: string[]; key_ids: string[]; organisation_ids: string[]; url: string; secret: string; timeout_s: number; fail_open: boolean;
};

export const FRESH: Values = {
  name: "", kind: "detectors", action: "mask", position: 100, enabled: true, stages: ["input", "output"], words: "", whole_words: false, patterns: "", detectors: [],
  mask: "[{kind}]", message: "", window: 128, models: [], groups: [], key_ids: [], organisation_ids: [], url: "", secret: "", timeout_s: 2, fail_open: false,
};

export const lines = (text: string): string[] => [...new Set(text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean))];
const texts = (ids: number[] | null | undefined) => (ids ?? []).map(String);
const orNull = <T>(list: T[]): T[] | null => (list.length > 0 ? list : null);

export const valuesOf = (rule: Rule): Values => ({
  ...FRESH, name: rule.name, kind: rule.kind, action: rule.action, position: rule.position, enabled: rule.enabled, stages: rule.stages ?? [],
  words: (rule.words ?? []).join("\n"), whole_words: rule.whole_words ?? false, patterns: (rule.patterns ?? []).join("\n"), detectors: rule.detectors ?? [],
  mask: rule.mask ?? "", message: rule.message ?? "", window: rule.window ?? FRESH.window, models: rule.models ?? [], groups: rule.groups ?? [],
  key_ids: texts(rule.key_ids), organisation_ids: texts(rule.organisation_ids), url: rule.url ?? "", timeout_s: rule.timeout_s ?? FRESH.timeout_s, fail_open: rule.fail_open ?? false,
});

/** What the API takes. Without `words` a stored list stays as it is. */
export function bodyOf(values: Values, words = true): Made {
  const { kind } = values;
  return {
    name: values.name.trim(), kind, action: values.action, position: values.position, enabled: values.enabled, stages: values.stages,
    ...(kind === "words" ? { ...(words ? { words: lines(values.words) } : {}), whole_words: values.whole_words } : {}),
    ...(kind === "patterns" ? { patterns: values.patterns.split(/\r?\n/).filter((line) => line !== "") } : {}),
    ...(kind === "detectors" ? { detectors: values.detectors as Made["detectors"] } : {}),
    ...(kind === "webhook" ? { url: values.url || null, timeout_s: values.timeout_s, fail_open: values.fail_open } : {}),
    ...(values.secret ? { secret: values.secret } : {}),
    mask: values.mask, message: values.message, window: values.window, models: orNull(values.models), groups: orNull(values.groups),
    key_ids: orNull(values.key_ids.map(Number)), organisation_ids: orNull(values.organisation_ids.map(Number)),
  };
}

/** The positions to be changed so that the rule at `from` stands at `to`; rules are in their present order. */
export function moved(rules: { id: number; position: number }[], from: number, to: number): { id: number; position: number }[] {
  const next = [...rules];
  const [one] = next.splice(from, 1);
  if (!one || to < 0 || to >= rules.length) return [];
  next.splice(to, 0, one);
  const places = rules.map((rule) => rule.position);
  let last = -1;
  return next.flatMap((rule, at) => {
    const position = Math.max(places[at] ?? 0, last + 1);
    last = position;
    return position === rule.position ? [] : [{ id: rule.id, position }];
  });
}

/** The text in pieces; a piece that was found has its finding. Places are counted in characters, not in halves of them. */
export function pieces(text: string, findings: Finding[]): { text: string; found?: Finding }[] {
  const characters = Array.from(text);
  const cut: { text: string; found?: Finding }[] = [];
  let at = 0;
  for (const found of [...findings].sort((one, other) => one.start - other.start)) {
    if (found.start < at) continue;
    if (found.start > at) cut.push({ text: characters.slice(at, found.start).join("") });
    cut.push({ text: characters.slice(found.start, found.end).join(""), found });
    at = found.end;
  }
  if (at < characters.length) cut.push({ text: characters.slice(at).join("") });
  return cut;
}
