/** Permissions and roles in the person's language, and what of them the caller may give. */
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import type { Permission } from "../grouped";

/** All permissions; `givable` is whether the caller has one as widely as a role that they make would give it. */
export function usePermissions(): { list: Permission[] | undefined; error: unknown; givable: (name: string) => boolean } {
  const can = useCan();
  const found = useQuery({ queryKey: ["permissions"], queryFn: async () => (await ok(api.GET("/api/v1/roles/permissions"))).items, staleTime: 300_000 });
  const wide = can("roles.write", "all") ? "all" : "organisation";
  return { list: found.data, error: found.error, givable: useCallback((name) => can(name, wide), [can, wide]) };
}

/** What a permission allows. One that has no words here yet is shown in the server's. */
export function useMeaning(): (one: Permission) => string {
  const { t, i18n } = useTranslation("roles");
  return (one) => (i18n.exists(`roles:may.${one.name}`) ? String(t(`may.${one.name}` as never)) : one.description);
}

