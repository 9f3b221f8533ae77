/** What everybody may know of this gateway: its name, its looks, what is switched on. Asked for once in a page's life. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "./client";
import type { components } from "./schema";

export type SiteConfig = components["schemas"]["ConsoleOut"];

/** Undefined until it is there. */
export function useSite(): SiteConfig | undefined {
  return useQuery({ queryKey: ["site"], queryFn: () => ok(api.GET("/api/v1/public/console")), staleTime: 300_000, retry: false }).data;
}
