/** Things by name for the command palette: what the server finds among all that one may reach. */
import i18next from "i18next";
import { api, ok, type Schema } from "~/api";

export type Found = { key: string; kind: Schema<"Hit">["kind"]; label: string; about: string; to: string };
const EACH = 5;

/** The page that shows a thing; its list opens it beside. */
const PAGES: Record<Schema<"Hit">["kind"], (ref: string) => string> = {
  channel: (ref) => `/channels?peek=${ref}`,
  user: (ref) => `/users?peek=${ref}`,
  key: (ref) => `/keys?peek=${ref}`,
  model: (ref) => `/models?peek=${ref}`,
  group: (ref) => `/groups?peek=${ref}`,
  organisation: (ref) => `/organisations?peek=${ref}`,
  team: (ref) => `/teams?peek=${ref}`,
  setting: (ref) => `/settings?area=${ref.split(".")[0]}#${ref}`,
  request: (ref) => `/usage?peek=${ref}`,
  order: (ref) => `/orders?peek=${ref}`,
  plan: (ref) => `/plans?peek=${ref}`,
};

/** `settings`: also those whose name in the person's language is like it; the server knows their English ones. */
export async function find(q: string, settings: boolean, signal: AbortSignal): Promise<Found[]> {
  const [{ items }, words] = await Promise.all([ok(api.GET("/api/v1/search", { params: { query: { q, limit: EACH } }, signal })), settings ? settingWords() : NO_WORDS]);
  const hits = items.map((hit): Found => {
    const own = hit.kind === "setting" ? words.get(hit.ref) : undefined;
    return { key: `${hit.kind}:${hit.ref}`, kind: hit.kind, label: own?.label ?? hit.name, about: own?.area ?? hit.detail, to: PAGES[hit.kind](encodeURIComponent(hit.ref)) };
  });
  const known = new Set(hits.map((hit) => hit.key));
  const like = q.toLowerCase();
  const named = [...words].filter(([ref, { label }]) => label.toLowerCase().includes(like) && !known.has(`setting:${ref}`)).slice(0, EACH);
  return [...hits, ...named.map(([ref, { label, area }]): Found => ({ key: `setting:${ref}`, kind: "setting", label, about: area, to: PAGES.setting(ref) }))];
}

type Words = Map<string, { label: string; area: string }>;
const NO_WORDS: Words = new Map();

/** What settings are called, by their keys; the texts come when they are first asked for. */
async function settingWords(): Promise<Words> {
  await i18next.loadNamespaces("settings");
  const { area = {}, of = {} } = (i18next.getResourceBundle(i18next.language, "settings") ?? {}) as { area?: Record<string, string>; of?: Record<string, Record<string, { label?: string }>> };
  return new Map(
    Object.entries(of).flatMap(([where, fields]) =>
      Object.entries(fields).flatMap(([name, { label }]) => (label ? [[`${where}.${name}`, { label, area: area[where] ?? where }] as const] : [])),
    ),
  );
}
