/** What a team used of late, and the keys it was used with. */
import { Anchor, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema } from "~/api";
import { Count, Money, ProblemText, Status, When } from "~/components";

const DAYS = 30;
const KEYS = 50;
const BarList = lazy(() => import("~/components/charts/BarList"));

export function Use({ team }: { team: Schema<"TeamOut"> }) {
  const { t } = useTranslation("teams");
  const place = `${team.organisation}/${team.name}`;
  const used = useQuery({
    queryKey: ["teams", "use", team.id],
    queryFn: () => {
      const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
      return ok(api.GET("/api/v1/usage/totals", { params: { query: { team: String(team.id), group_by: "model", order_by: "cost", limit: 8, since } } })) as Promise<Schema<"UsageTotals">>;
    },
  });
  const keys = useQuery({
    queryKey: ["keys", "team", team.id],
    queryFn: () => ok(api.GET("/api/v1/keys", { params: { query: { team: String(team.id), limit: KEYS, sort: "-created_at" } } })) as Promise<Schema<"Listed_KeyOut_">>,
  });
  if (used.isError || keys.isError) return <ProblemText error={used.error ?? keys.error} retry={() => { void used.refetch(); void keys.refetch(); }} />;
  if (!used.data || !keys.data) return <Loader size="sm" />;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{t("useOf", { count: DAYS })}</Text>
      {used.data.items.length === 0 ? <Text size="sm">{t("unused")}</Text> : (
        <Suspense>
          <BarList label={t("byModel")} bars={used.data.items.map((one) => ({ key: one.group, name: one.group, value: one.cost, shown: <>{t("requests", { count: one.requests })} · <Money nano={one.cost} /></> }))} />
        </Suspense>
      )}
      <Text size="sm"><Anchor component={Link} inherit to={`/usage?team=${encodeURIComponent(place)}`}>{t("toRequests")}</Anchor></Text>
      <Group justify="space-between">
        <Title order={3} size="h5">{t("keys")}</Title>
        <Anchor component={Link} size="sm" to={`/keys?team=${encodeURIComponent(place)}`}>{t("toKeys")}</Anchor>
      </Group>
      {keys.data.items.length === 0 ? <Text size="sm" c="dimmed">{t("noKeys")}</Text> : (
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("name")}</Table.Th><Table.Th>{t("person")}</Table.Th><Table.Th ta="right">{t("requestsTitle")}</Table.Th><Table.Th ta="right">{t("cost")}</Table.Th><Table.Th>{t("lastUsed")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {keys.data.items.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td><Anchor component={Link} inherit to={`/keys?peek=${one.id}`}>{one.name}</Anchor> {one.enabled ? null : <Status tone="idle">{t("off")}</Status>}</Table.Td>
                  <Table.Td>{one.user || t("teamsOwn")}</Table.Td>
                  <Table.Td ta="right"><Count value={one.requests} short /></Table.Td>
                  <Table.Td ta="right"><Money nano={one.used_nano} /></Table.Td>
                  <Table.Td><When at={one.last_used_at} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
