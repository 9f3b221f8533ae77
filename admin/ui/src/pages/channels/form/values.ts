/** A channel as its form holds it, and as the API takes it. Pure; see values.test.ts. */
import type { Schema } from "~/api";

type Settings = Schema<"ChannelSettings">;
/** Settings that the form has fields for; the others are in the tab of rules and stay as they are. */
const OWN = ["region", "parameters", "proxy", "price_ratio", "connect_timeout_s", "first_byte_timeout_s", "idle_timeout_s", "protocols"] as const;

export type Renamed = { name: string; to: string };
export type Values = {
  name: string;
  provider: string;
  base_url: string;
  secret: string;
  proxy_secret: string;
  models: string[];
  renamed: Renamed[];
  priority: number;
  weight: number;
  enabled: boolean;
  headers: Record<string, string>;
  settings: Record<string, unknown>;
  groups: string[];
  key_mode: "random" | "round_robin";
  tag: string;
  remark: string;
  test_model: string;
  auto_disable: boolean;
  watch_models: "off" | "notify" | "add" | "sync";
  ignored_models: string[];
};

export const FRESH: Values = {
  name: "", provider: "", base_url: "", secret: "", proxy_secret: "", models: [], renamed: [], priority: 0, weight: 1, enabled: true, headers: {}, settings: {}, groups: [],
  key_mode: "random", tag: "", remark: "", test_model: "", auto_disable: true, watch_models: "off", ignored_models: [],
};

/** `own`: the provider's own address, which is no other one. */
export function valuesOf(channel: Schema<"ChannelOut">, own: string): Values {
  const models = Object.entries(channel.models);
  return {
    ...FRESH,
    name: channel.name, provider: channel.provider, base_url: channel.base_url === own ? "" : channel.base_url,
    models: models.filter(([, to]) => !to).map(([name]) => name),
    renamed: models.filter(([, to]) => to).map(([name, to]) => ({ name, to })),
    priority: channel.priority, weight: channel.weight, enabled: channel.enabled, headers: channel.headers,
    settings: Object.fromEntries(OWN.filter((name) => channel.settings[name] !== undefined).map((name) => [name, channel.settings[name]])),
    groups: channel.groups ?? [], key_mode: channel.key_mode === "round_robin" ? "round_robin" : "random", tag: channel.tag ?? "", remark: channel.remark ?? "",
    test_model: channel.test_model ?? "", auto_disable: channel.auto_disable ?? true, watch_models: (channel.watch_models ?? "off") as Values["watch_models"],
    ignored_models: channel.ignored_models ?? [],
  };
}

/** Several lines are several keys. */
export const secretsOf = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** The body of a new channel or of a change. A secret that is not typed stays; what was emptied is told as null. */
export function bodyOf(values: Values): Schema<"ChannelCreate"> {
  const { secret, proxy_secret, renamed, models, settings, groups, base_url, ...rest } = values;
  const [first] = secretsOf(secret);
  const told = Object.fromEntries(OWN.map((name) => [name, filled(settings[name])])) as Settings;
  const all: Record<string, string> = {};
  for (const name of models) all[name] = "";
  for (const one of renamed) if (one.name.trim()) all[one.name.trim()] = one.to.trim();
  // None named means every one; the API takes no empty map.
  if (Object.keys(all).length === 0) all["*"] = "";
  return {
    ...rest, models: all, settings: told, groups: groups.length ? groups : null, base_url: base_url.trim() || null,
    ...(first ? { secret: first } : {}), ...(proxy_secret ? { proxy_secret } : {}),
  };
}

function filled(value: unknown): unknown {
  if (value === undefined || value === "") return null;
  if (Array.isArray(value)) return value.length ? value : null;
  if (value && typeof value === "object") {
    const kept = Object.entries(value).filter(([, one]) => one !== "");
    return kept.length ? Object.fromEntries(kept) : null;
  }
  return value;
}
