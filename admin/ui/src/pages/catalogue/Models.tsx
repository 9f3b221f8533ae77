/** Models as the gateway's people know them: names, vendors, abilities, who sees them listed. What they cost is on the page of prices. */
import { Button, Group, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconBoxModel2, IconEye, IconEyeOff, IconListSearch, IconTrash, IconUsers } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, Count, DataTable, done, failed, type Filter, Page, type RowAction, Status, type Tone, useAsk, When } from "~/components";
import { Missing } from "./Missing";

type Row = Schema<"ModelOut">;
const KEY = ["models"];
const Editor = lazy(() => import("./ModelEditor"));
const SEEN = ["public", "users", "hidden"] as const;
const TONES: Record<Row["visibility"], Tone> = { public: "good", users: "info", hidden: "idle" };
const bulk = (body: Schema<"ModelBulk">) => ok(api.POST("/api/v1/models/bulk", { body }));

export default function Models() {
  const { t } = useTranslation("catalogue");
  const writes = useCan()("models.write", "all");
  const queries = useQueryClient();
  const { ask, host } = useAsk();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });

  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/models/{model}", { params: { path: { model: String(row.id) } } });
      await refresh();
      done(t("removed", { name: row.name }));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), width: 220, sort: "name", render: (row) => row.name },
    { key: "title", title: t("title"), width: 170, render: (row) => row.title },
    { key: "vendor", title: t("vendor"), width: 120, render: (row) => row.vendor },
    { key: "visibility", title: t("visibility"), width: 130, card: "badge", render: (row) => <Status tone={TONES[row.visibility]}>{t(`seen.${row.visibility}`)}</Status> },
    { key: "context", title: t("context"), width: 96, align: "right", render: (row) => <Count value={row.context_tokens} short /> },
    { key: "output", title: t("output"), width: 96, align: "right", hidden: true, render: (row) => <Count value={row.output_tokens} short /> },
    { key: "capabilities", title: t("capabilities"), render: (row) => row.capabilities.join(", ") },
    { key: "tags", title: t("tags"), width: 120, hidden: true, render: (row) => row.tags.join(", ") },
    { key: "aliases", title: t("aliases"), width: 140, render: (row) => row.aliases.join(", ") },
    { key: "created", title: t("created"), width: 110, sort: "created_at", hidden: true, render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    {
      name: "vendor", label: t("vendor"), type: "pick",
      search: async (q) => (await ok(api.GET("/api/v1/vendors", { params: { query: { q, limit: 50 } } }))).items.map((one) => ({ value: one.name, label: one.name })),
    },
    { name: "visibility", label: t("visibility"), type: "choice", options: SEEN.map((value) => ({ value, label: t(`seen.${value}`) })) },
  ];
  const show = (visibility: Row["visibility"]) => (ids: number[], dry_run: boolean) => bulk({ ids, action: "change", values: { visibility }, dry_run });
  const many: BulkAction[] = [
    { key: "public", label: t("seen.public"), icon: IconEye, run: show("public") },
    { key: "users", label: t("seen.users"), icon: IconUsers, run: show("users") },
    { key: "hidden", label: t("seen.hidden"), icon: IconEyeOff, run: show("hidden") },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry_run) => bulk({ ids, action: "delete", dry_run }) },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) }];
  const missing = () => ask<true>({ title: t("missing.title"), body: (answer) => <Missing close={() => answer(null)} onMade={refresh} /> });

  return (
    <Page title={t("nav.models")} about={t("about")} actions={<Button size="compact-sm" variant="subtle" component={Link} to="/prices">{t("toPrices")}</Button>}>
      <DataTable<Row>
        id="models"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/models", { params: { query }, signal }))}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="name"
        file={{ path: "/api/v1/models" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={writes ? actions : undefined}
        rowTone={(row) => (row.visibility === "hidden" ? "idle" : undefined)}
        bulk={writes ? many : undefined}
        tools={writes ? <Group gap={4}><Button size="compact-sm" variant="default" leftSection={<IconListSearch size={14} />} onClick={missing}>{t("missing.button")}</Button></Group> : undefined}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <Suspense fallback={<Loader size="sm" />}><Editor key={row.id} id={String(row.id)} onSaved={refresh} close={close} /></Suspense>,
          load: (id) => ok(api.GET("/api/v1/models/{model}", { params: { path: { model: id } } })),
        }}
        create={writes ? { label: t("nav.create"), render: (close) => <Suspense fallback={<Loader size="sm" />}><Editor onSaved={refresh} close={close} /></Suspense> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconBoxModel2 }}
      />
      {host}
    </Page>
  );
}
