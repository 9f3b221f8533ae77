/** One request in full, beside the list: how it went, where it was sent, what it cost, what was said, and how to ask it again. */
import { Alert, Group, Loader, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { Copy, ProblemText } from "~/components";
import { Captured } from "./Captured";
import { Cost } from "./Cost";
import { Facts } from "./Facts";
import { Life } from "./Life";
import { Route } from "./Route";
import { RequestState, useEnd, useWhy } from "./state";
import { Used } from "./Used";

const Call = lazy(async () => ({ default: (await import("./Call")).Call }));

export function Request({ id, row }: { id: string; row: Schema<"UsageOut"> }) {
  const { t } = useTranslation("usage");
  const can = useCan();
  const end = useEnd();
  const why = useWhy();
  const [url, setUrl] = useSearchParams();
  const everything = can("logs.read", "all");
  const tabs = ["life", ...(everything ? ["route", "cost"] : []), ...(row.captured && can("captures.read") ? ["capture"] : []), "call"] as ("life" | "route" | "cost" | "capture" | "call")[];
  const asked = tabs.find((name) => name === url.get("tab")) ?? "life";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "life" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  const routed = asked === "route";
  const found = useQuery({
    queryKey: ["usage", "one", id, routed],
    queryFn: () => ok(api.GET("/api/v1/usage/{request_id}", { params: { path: { request_id: id }, query: routed ? { route: true } : {} } })),
  });
  const { data } = found;

  return (
    <Stack gap="sm">
      <Group gap="xs">
        <RequestState row={row} />
        <Text size="xs" ff="monospace" className="wrap">{id}</Text>
        <Copy text={id} label={t("copyId")} />
      </Group>
      {row.error_text || row.error ? <Alert color="red" title={end(row.end)} p="xs"><Text size="sm" className="wrap">{why(row)}</Text>{row.error ? <Text size="xs" c="dimmed" ff="monospace">{row.error}</Text> : null}</Alert> : null}
      <Tabs value={asked} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm">{tabs.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
        {found.isError ? <ProblemText error={found.error} retry={() => found.refetch()} /> : null}
        <Tabs.Panel value="life"><Stack gap="md"><Used row={row} />{data ? <Life row={row} timeline={data.timeline} /> : <Loader size="sm" />}<Facts row={row} everything={everything} /></Stack></Tabs.Panel>
        <Tabs.Panel value="route">{data ? <Suspense fallback={<Loader size="sm" />}><Route attempts={data.attempts} route={data.route ?? null} row={row} /></Suspense> : <Loader size="sm" />}</Tabs.Panel>
        <Tabs.Panel value="cost">{data?.cost ? <Suspense fallback={<Loader size="sm" />}><Cost cost={data.cost} /></Suspense> : <Loader size="sm" />}</Tabs.Panel>
        <Tabs.Panel value="capture"><Captured id={id} /></Tabs.Panel>
        <Tabs.Panel value="call"><Suspense fallback={<Loader size="sm" />}><Call row={row} /></Suspense></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
