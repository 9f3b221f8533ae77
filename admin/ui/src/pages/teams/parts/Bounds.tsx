/** What a team may spend and how fast it may ask: budgets with what is spent of them, and rate limits. */
import { Loader, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { ProblemText } from "~/components";
import { Budgets } from "./Budgets";
import { Limits } from "./Limits";

export function Bounds({ team }: { team: Schema<"TeamOut"> }) {
  const { t } = useTranslation("teams");
  const can = useCan();
  const place = `${team.organisation}/${team.name}`;
  const budgets = useQuery({ queryKey: ["teams", "budgets", team.id], queryFn: () => ok(api.GET("/api/v1/budgets", { params: { query: { scope: "team", owner: String(team.id), limit: 100 } } })) });
  // Limits are few and have no filter by team; members are shown none.
  const limits = useQuery({
    queryKey: ["teams", "limits", team.id],
    queryFn: async () => (await ok(api.GET("/api/v1/limits", { params: { query: { limit: 1000 } } }))).items.filter((one) => one.match.team === place),
    enabled: can("limits.read", "organisation"),
  });
  if (budgets.isError || limits.isError) return <ProblemText error={budgets.error ?? limits.error} />;
  if (!budgets.data) return <Loader size="sm" />;
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">{t("budgets")}</Title>
      <Budgets team={team} budgets={budgets.data.items} />
      {limits.data ? (
        <>
          <Title order={3} size="h5" mt="xs">{t("limits")}</Title>
          <Limits team={team} place={place} limits={limits.data} />
        </>
      ) : null}
    </Stack>
  );
}
