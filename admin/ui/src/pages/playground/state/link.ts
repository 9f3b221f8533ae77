/** Models and parameters as a URL's query, to be shared. Never content: no words, no system prompt, no tools. */
import { PROTOCOL_NAMES, type ProtocolName, type Settings } from "~/lib/protocols";
import { readSettings } from "./reading";
import { MAX_LANES, type Talk } from "./types";

const NUMBERS = {
  temperature: "temperature", topP: "top_p", maxTokens: "max_tokens", frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty", seed: "seed", budget: "budget",
} as const;

export function writeLink({ lanes, setup }: Talk): URLSearchParams {
  const url = new URLSearchParams();
  for (const { model, protocol } of lanes) url.append("model", `${protocol}:${model}`);
  for (const [name, key] of Object.entries(NUMBERS)) {
    const value = setup.settings[name as keyof typeof NUMBERS];
    if (value !== undefined) url.set(key, String(value));
  }
  if (setup.settings.effort) url.set("effort", setup.settings.effort);
  if (!setup.settings.stream) url.set("stream", "false");
  return url;
}

/** What a link asks for; undefined where it names no model. A model without a protocol is asked by Chat. */
export function readLink(url: URLSearchParams): { lanes: { model: string; protocol: ProtocolName }[]; settings: Settings } | undefined {
  const lanes = url.getAll("model").slice(0, MAX_LANES).map((named) => {
    const protocol = PROTOCOL_NAMES.find((one) => named.startsWith(`${one}:`));
    return protocol ? { protocol, model: named.slice(protocol.length + 1) } : { protocol: "chat" as const, model: named };
  });
  if (lanes.length === 0) return undefined;
  const asked: Record<string, unknown> = { effort: url.get("effort"), stream: url.get("stream") !== "false" };
  for (const [name, key] of Object.entries(NUMBERS)) {
    const value = url.get(key);
    if (value !== null && value !== "") asked[name] = Number(value);
  }
  return { lanes, settings: readSettings(asked) };
}
