/** Rate limits: how many requests, tokens or open requests, in which time, of what, and for whom each. */
import { IconCircleCheck, IconCircleOff, IconGauge, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, Page, type RowAction, Status, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { numberText } from "~/lib/format";
import { LimitEditor } from "./LimitEditor";

type Row = Schema<"LimitOut">;
type Action = Schema<"LimitBulk">["action"];
const KEY = ["limits"];
const ICONS = { enable: IconCircleCheck, disable: IconCircleOff, delete: IconTrash };
const BACK = { enable: "disable", disable: "enable" } as const;

export default function Limits() {
  const { t } = useTranslation("limits");
  const locale = useLocale();
  const queries = useQueryClient();
  const may = useCan()("limits.write", "all");
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const bulk = (action: Action, ids: number[], dry = false) => ok(api.POST("/api/v1/limits/bulk", { body: { ids, action, dry_run: dry } }));
  const one = async (row: Row, action: Action) => {
    if (action === "delete" && !(await confirm({ title: t("removeLimit"), text: row.name, action: t("actions.delete"), danger: true }))) return;
    try {
      await bulk(action, [row.id]);
      await refresh();
      done(t(`limitDid.${action}`), action === "delete" ? undefined : () => bulk(BACK[action], [row.id]).then(refresh));
    } catch (error) {
      failed(error);
    }
  };
  const matched = (row: Row) => Object.entries(row.match ?? {}).filter(([, value]) => value).map(([name, value]) => `${t(`dimensions.${name}` as "dimensions.key")}: ${value}`).join(" · ");
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.name },
    { key: "amount", title: t("limit"), width: 220, render: (row) => t(`amounts.${row.metric}${row.window ? `.${row.window}` : ""}` as "amounts.concurrent", { amount: numberText(row.amount, locale) }) },
    { key: "match", title: t("match"), render: (row) => matched(row) || t("everything") },
    { key: "per", title: t("per"), width: 200, render: (row) => row.per.map((name) => t(`dimensions.${name}` as "dimensions.key")).join(", ") || t("together") },
    { key: "state", title: t("state"), width: 110, card: "badge", render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
    { key: "origin", title: t("origin"), width: 120, hidden: true, render: (row) => t(`origins.${row.origin}`) },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const actions = (row: Row): RowAction[] => {
    const toggle = row.enabled ? "disable" : "enable";
    return [
      { key: toggle, label: t(`actions.${toggle}`), icon: ICONS[toggle], run: () => one(row, toggle) },
      { key: "delete", label: t("actions.delete"), icon: IconTrash, danger: true, run: () => one(row, "delete") },
    ];
  };
  const several: BulkAction[] = (["enable", "disable", "delete"] as const).map((action) => ({
    key: action, label: t(`actions.${action}`), icon: ICONS[action], danger: action === "delete",
    run: (ids, dry) => bulk(action, ids, dry),
    undo: action === "delete" ? undefined : (ids) => bulk(BACK[action], ids),
  }));
  return (
    <Page title={t("nav.limits")} about={t("limitsAbout")}>
      <DataTable<Row>
        id="limits" queryKey={KEY} columns={columns} search={t("search")} defaultSort="name"
        load={(query, signal) => ok(api.GET("/api/v1/limits", { params: { query }, signal }))}
        file={{ path: "/api/v1/limits" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={may ? actions : undefined}
        bulk={may ? several : undefined}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <LimitEditor key={row.id} id={row.id} may={may} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/limits/{limit}", { params: { path: { limit: id } } })),
        }}
        create={may ? { label: t("nav.newLimit"), render: (close) => <LimitEditor may onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("limitsEmpty.title"), text: t("limitsEmpty.text"), icon: IconGauge }}
      />
    </Page>
  );
}
