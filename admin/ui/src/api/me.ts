/** Who is signed in, and what they may do. What is hidden by it is convenience: the server decides. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, ok } from "./client";
import type { components } from "./schema";
import { begin } from "./session";

export type Me = components["schemas"]["MeOut"];
export type Reach = "own" | "organisation" | "all";
const RANK: Record<string, number> = { own: 1, organisation: 2, all: 3 };

export const ME = ["me"] as const;

export async function fetchMe(): Promise<Me> {
  const me = await ok(api.GET("/api/v1/me"));
  begin(me.csrf_token, me.id);
  return me;
}

/** Oneself. Below the shell it is always there. */
export function useMe(): Me {
  const { data } = useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 60_000 });
  if (!data) throw new Error("useMe outside of the shell");
  return data;
}

/** `can("channels.write")`, or `can("logs.read", "all")` for operators only. */
export function useCan(): (permission: string, reach?: Reach) => boolean {
  const { permissions } = useMe();
  return useCallback(
    (permission, reach = "own") => (RANK[permissions[permission] ?? ""] ?? 0) >= (RANK[reach] ?? 0),
    [permissions],
  );
}

/** Change one's own profile or preferences; the whole console sees the answer. */
export function useChangeMe(): (patch: components["schemas"]["MePatch"]) => Promise<Me> {
  const queries = useQueryClient();
  return useCallback(
    async (patch) => {
      const me = await ok(api.PATCH("/api/v1/me", { body: patch }));
      queries.setQueryData(ME, me);
      return me;
    },
    [queries],
  );
}
