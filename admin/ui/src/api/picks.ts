/** Things to pick by name in a field or filter: what the server finds among those that one may reach. */
import { api, ok } from "./client";
import type { components } from "./schema";

type Kind = components["schemas"]["Hit"]["kind"];
type Option = { value: string; label: string };
const MOST = 20;

/** Options whose value is the name of the thing, or its id with `by`. */
export const pick = (kind: Kind, by: "name" | "ref" = "name") => async (text: string): Promise<Option[]> => {
  if (!text.trim()) return [];
  const { items } = await ok(api.GET("/api/v1/search", { params: { query: { q: text.trim(), limit: MOST } } }));
  return items.filter((hit) => hit.kind === kind).map((hit) => ({ value: hit[by], label: hit.name }));
};
