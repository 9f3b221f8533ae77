/** One key beside the list: what it was used for, its settings, a first call with it. */
import { Anchor, Group, Loader, Stack, Tabs, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, Money, ProblemText, ResourceForm, Status, useResourceForm, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { useMay, useRights } from "../rights";
import { changesOf, type Values, valuesOf } from "../shape";
import { Fields } from "./Fields";
import { Snippets } from "./Snippets";

type Row = Schema<"KeyOut">;
const TABS = ["use", "settings", "code"] as const;
const DAYS = 30;
const BarList = lazy(() => import("~/components/charts/BarList"));

const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/keys/{key}", { params: { path: { key: String(id) } } }));
  return { value: valuesOf(value), etag };
};

export function Detail({ row, onSaved, close }: { row: Row; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("keys");
  const [url, setUrl] = useSearchParams();
  const asked = TABS.find((name) => name === url.get("tab")) ?? "use";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "use" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status>
        <Text size="xs" ff="monospace">{row.hint}</Text>
        {row.team ? <Text size="xs" c="dimmed">{row.team}</Text> : null}
        {row.old_until ? <Text size="xs" c="dimmed">{t("oldUntil")} <When at={row.old_until} absolute /></Text> : null}
      </Group>
      <Tabs value={asked} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm">{TABS.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="use"><Use row={row} /></Tabs.Panel>
        <Tabs.Panel value="settings"><Settings row={row} onSaved={onSaved} close={close} /></Tabs.Panel>
        <Tabs.Panel value="code"><Snippets model={row.models?.find((name) => !name.includes("*"))} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Use({ row }: { row: Row }) {
  const { t } = useTranslation("keys");
  const found = useQuery({
    queryKey: ["keys", "use", row.id],
    queryFn: () => {
      const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
      return ok(api.GET("/api/v1/usage/totals", { params: { query: { key: String(row.id), group_by: "model", order_by: "cost", limit: 8, since } } })) as Promise<Schema<"UsageTotals">>;
    },
  });
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  const { items } = found.data;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{t("useOf", { count: DAYS })}</Text>
      {items.length === 0 ? <Text size="sm">{t("unused")}</Text> : (
        <Suspense>
          <BarList label={t("byModel")} bars={items.map((one) => ({ key: one.group, name: one.group, value: one.requests, shown: <>{t("requests", { count: one.requests })} · <Money nano={one.cost} /></> }))} />
        </Suspense>
      )}
      <Text size="sm"><Anchor component={Link} inherit to={`/usage?key=${row.id}`}>{t("toRequests")}</Anchor></Text>
      {(row.budgets ?? []).map((one) => (
        <Group key={one.period} gap="xs"><Text size="sm" c="dimmed">{t("budgetOf", { period: t(`periods.${one.period}`) })}</Text><Text size="sm"><Money nano={nanoOf(String(one.amount))} /></Text></Group>
      ))}
    </Stack>
  );
}

function Settings({ row, onSaved, close }: { row: Row; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("keys");
  const stored = useQuery({ queryKey: ["keys", "edit", row.id], queryFn: () => read(row.id), gcTime: 0 });
  const { change } = useRights()(row);
  if (!change) return <Text size="sm" c="dimmed">{t("notYours")}</Text>;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Form id={row.id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Form({ id, initial, etag, onSaved, close }: { id: number; initial: Values; etag: string; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("keys");
  const queries = useQueryClient();
  const may = useMay();
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: () => read(id),
    save: (values, tag) => ok(api.PATCH("/api/v1/keys/{key}", { params: { path: { key: String(id) }, header: ifMatch(tag) }, body: changesOf(values, initial, may) })),
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["keys", "edit", id] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  return <ResourceForm form={form} onCancel={close}><Fields form={form} /></ResourceForm>;
}
