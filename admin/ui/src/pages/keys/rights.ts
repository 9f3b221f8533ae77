/** Which keys the caller may change, and which of them may get a new value from the caller. The server decides; this hides what it refuses. */
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import type { May } from "./shape";

type Key = Pick<Schema<"KeyOut">, "user_id" | "team_id">;
type Rights = { change: boolean; rotate: boolean };

/** A person changes their own keys and those of teams that they lead; a new value of a member's own key is the member's. */
export function useRights(): (key: Key) => Rights {
  const can = useCan();
  const me = useMe();
  const wide = can("keys.write", "organisation");
  const { data } = useTeams(!wide && can("keys.write"));
  return useCallback(
    (key) => {
      const mine = key.user_id !== null && key.user_id === me.id;
      const led = data?.some((team) => team.id === key.team_id && team.role === "lead") ?? false;
      return { change: can("keys.write") && (wide || mine || led), rotate: can("keys.write") && (wide || mine || (led && key.user_id === null)) };
    },
    [can, wide, data, me.id],
  );
}

/** Teams whose keys the caller manages, as ORGANISATION/TEAM. */
export function useManaged(): string[] {
  const can = useCan();
  const wide = can("keys.write", "organisation");
  const { data } = useTeams(can("keys.write"));
  return data?.filter((team) => wide || team.role === "lead").map((team) => `${team.organisation}/${team.name}`) ?? [];
}

const useTeams = (enabled: boolean) =>
  useQuery({ queryKey: ["teams", "places"], queryFn: async () => (await ok(api.GET("/api/v1/teams", { params: { query: { limit: 500 } } }))).items, enabled, staleTime: 60_000 });

/** Teams by a part of their name, for a filter: also those that the caller is only in. */
export async function pickTeam(q: string): Promise<{ value: string; label: string }[]> {
  const { items } = await ok(api.GET("/api/v1/teams", { params: { query: { q, limit: 20 } } }));
  return items.map((team) => `${team.organisation}/${team.name}`).map((place) => ({ value: place, label: place }));
}

/** What the caller may say of a key. */
export function useMay(): May {
  const can = useCan();
  return { user: can("keys.write", "organisation"), limits: can("limits.write", "all"), admin: can("keys.write", "all") };
}
