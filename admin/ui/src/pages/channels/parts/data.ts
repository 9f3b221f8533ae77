/** What the channels' pages share: the shape, the keys of the queries, what a channel's state is called. No components. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schema } from "~/api";
import type { Tone } from "~/components";

export type Channel = Schema<"ChannelOut">;
export type Endpoint = NonNullable<Schema<"ChannelTest">["endpoint"]>;
export const KEY = ["channels"];
export const ENDPOINTS: Endpoint[] = ["chat", "responses", "messages", "gemini", "embeddings"];
/** What an address of a proxy looks like. */
export const PROXY = "http://proxy:3128";
export const PROTOCOLS = ["chat", "responses", "messages", "gemini"] as const;

/** A channel in an address of the API: by its id, which no change of its name makes wrong. */
export const at = (id: number) => ({ path: { channel: String(id) } });

export type State = "on" | "off" | "auto" | "resting" | "failing";
export const TONES: Record<State, Tone> = { on: "good", off: "idle", auto: "bad", resting: "bad", failing: "warn" };

/** `resting`: ids of channels whose breaker is open. */
export function stateOf(channel: Channel, resting: ReadonlySet<number>): State {
  if (!channel.enabled) return channel.off_by === "auto" ? "auto" : "off";
  if (resting.has(channel.id)) return "resting";
  return channel.state?.test_ok === false ? "failing" : "on";
}

export const isGlob = (name: string): boolean => /[*?[]/.test(name);

/** Names that a test can ask for. */
export const testable = (channel: Channel): string[] => Object.keys(channel.models).filter((name) => !isGlob(name));

const HOUR = 3_600_000;

export const useProviders = () =>
  useQuery({ queryKey: ["providers"], queryFn: async () => (await ok(api.GET("/api/v1/providers"))).items, staleTime: HOUR });
export const useGroupNames = () =>
  useQuery({ queryKey: ["groups", "names"], queryFn: async () => (await ok(api.GET("/api/v1/groups"))).items.map((one) => one.name) });
export const useTags = () =>
  useQuery({ queryKey: [...KEY, "tags"], queryFn: async () => (await ok(api.GET("/api/v1/channel-tags"))).items.map((one) => one.tag) });
