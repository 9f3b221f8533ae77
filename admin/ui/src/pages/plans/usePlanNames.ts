/** Names of plans for a field, with their titles. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "~/api";

export function usePlanNames(): { value: string; label: string }[] {
  const { data } = useQuery({
    queryKey: ["plans", "names"], staleTime: 30_000,
    queryFn: async ({ signal }) => (await ok(api.GET("/api/v1/plans", { params: { query: { limit: 1000 } }, signal }))).items.map((one) => ({ value: one.name, label: one.title || one.name })),
  });
  return data ?? [];
}
