/** Prices in force: what a model costs at which provider, who said so, and what the library says otherwise. */
import { Button, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconGitCompare, IconTags, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, type ListQuery, Page, type RowAction, Status, type Tone, useAsk, Usd, When } from "~/components";
import { PriceDetail } from "./PriceDetail";
import { Sync } from "./Sync";
import type { Price } from "./values";

const Editor = lazy(() => import("./Editor"));
const KEY = ["prices"];
const SOURCES = ["seed", "operator", "apply"] as const;
const TONES: Record<Price["source"], Tone> = { seed: "idle", operator: "accent", apply: "info" };

function load({ limit, cursor, q, ...filters }: ListQuery, signal: AbortSignal) {
  return ok(api.GET("/api/v1/prices", { params: { query: { ...filters, limit, cursor, search: q, sort: undefined } as never }, signal }));
}

export default function Prices() {
  const { t } = useTranslation("prices");
  const writes = useCan()("prices.write", "all");
  const queries = useQueryClient();
  const { ask, host } = useAsk();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });

  const several: BulkAction[] = [{ key: "end", label: t("end"), icon: IconTrash, danger: true, run: (ids, dry) => ok(api.POST("/api/v1/prices/bulk", { body: { ids, action: "delete", dry_run: dry } })) }];
  const end = async (row: Price) => {
    if (!(await confirm({ title: t("endTitle", { name: row.model }), text: t("endText"), action: t("end"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/prices/{price}", { params: { path: { price: row.id } } });
      await refresh();
      done(t("ended"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Price>[] = [
    { key: "model", title: t("model"), render: (row) => row.model },
    { key: "provider", title: t("provider"), width: 150, render: (row) => row.provider || t("anyProvider") },
    { key: "input", title: t("components.input"), width: 100, align: "right", render: (row) => <Usd exact text={row.input} /> },
    { key: "output", title: t("components.output"), width: 100, align: "right", render: (row) => <Usd exact text={row.output} /> },
    { key: "cache_read", title: t("components.cache_read"), width: 100, align: "right", render: (row) => <Usd exact text={row.cache_read} /> },
    { key: "cache_write", title: t("components.cache_write"), width: 100, align: "right", hidden: true, render: (row) => <Usd exact text={row.cache_write} /> },
    { key: "call", title: t("components.call"), width: 100, align: "right", hidden: true, render: (row) => <Usd exact text={row.call} /> },
    { key: "tiers", title: t("tiers.title"), width: 80, align: "right", render: (row) => (row.tiers.length ? row.tiers.length : "") },
    { key: "source", title: t("source"), width: 120, card: "badge", render: (row) => <Status tone={TONES[row.source]}>{t(`sources.${row.source}`)}</Status> },
    { key: "from", title: t("from"), width: 120, render: (row) => <When at={row.effective_from} /> },
    { key: "until", title: t("until"), width: 120, hidden: true, render: (row) => <When at={row.effective_to} /> },
  ];
  const filters: Filter[] = [
    { name: "source", label: t("source"), type: "choice", options: SOURCES.map((value) => ({ value, label: t(`sources.${value}`) })) },
    {
      name: "provider", label: t("provider"), type: "pick",
      search: async (text) => (await ok(api.GET("/api/v1/providers"))).items.filter((one) => one.id.includes(text.toLowerCase())).map((one) => ({ value: one.id, label: one.id })),
    },
    { name: "history", label: t("allVersions"), type: "flag" },
  ];
  const actions = (row: Price): RowAction[] => [{ key: "end", label: t("end"), icon: IconTrash, danger: true, run: () => end(row) }];
  const sync = () => ask<true>({ title: t("sync.title"), size: "xl", body: (answer) => <Sync close={() => answer(null)} onDone={refresh} /> });

  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Price>
        id="prices"
        queryKey={KEY}
        load={load}
        columns={columns}
        filters={filters}
        search={t("search")}
        file={{ path: "/api/v1/prices", asked: ({ q, ...query }) => ({ ...query, search: q }) }}
        rowId={(row) => row.id}
        rowName={(row) => row.model}
        rowActions={writes ? actions : undefined}
        bulk={writes ? several : undefined}
        rowTone={(row) => (row.in_force ? undefined : "idle")}
        tools={writes ? <Button size="compact-sm" variant="default" leftSection={<IconGitCompare size={14} />} onClick={sync}>{t("sync.button")}</Button> : undefined}
        peek={{ title: (row) => row.model, size: 680, render: (row, close) => <PriceDetail key={row.id} price={row} onSaved={refresh} close={close} /> }}
        create={writes ? { label: t("nav.create"), size: 680, render: (close) => <Suspense fallback={<Loader size="sm" />}><Editor onSaved={refresh} close={close} /></Suspense> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconTags }}
      />
      {host}
    </Page>
  );
}
