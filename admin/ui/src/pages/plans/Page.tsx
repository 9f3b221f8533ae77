/** Plans: what can be bought for a term, what it gives, and how many of each run. */
import { IconCalendarRepeat, IconEye, IconEyeOff, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema } from "~/api";
import { type BulkAction, type Column, Count, confirm, DataTable, done, failed, Money, Page, type RowAction, Status } from "~/components";
import { nanoOf } from "~/lib/money";
import { Editor } from "./Editor";

type Row = Schema<"PlanOut">;
const KEY = ["plans"];

export default function Plans() {
  const { t } = useTranslation("plans");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });

  const change = async (row: Row, body: Schema<"PlanPatch">) => {
    await ok(api.PATCH("/api/v1/plans/{plan}", { params: { path: { plan: String(row.id) } }, body }));
    await refresh();
  };
  const toggle = async (row: Row) => {
    try {
      await change(row, { enabled: !row.enabled });
      done(t(row.enabled ? "switchedOff" : "switchedOn"), () => change(row, { enabled: row.enabled }));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.name, action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/plans/{plan}", { params: { path: { plan: String(row.id) } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const bulk = (action: "enable" | "disable" | "delete", ids: number[], dry = false) => ok(api.POST("/api/v1/plans/bulk", { body: { ids, action, dry_run: dry } }));
  const several: BulkAction[] = [
    { key: "disable", label: t("switchOff"), icon: IconEyeOff, run: (ids, dry) => bulk("disable", ids, dry), undo: (ids) => bulk("enable", ids) },
    { key: "enable", label: t("switchOn"), icon: IconEye, run: (ids, dry) => bulk("enable", ids, dry), undo: (ids) => bulk("disable", ids) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => bulk("delete", ids, dry) },
  ];

  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.title || row.name },
    { key: "state", title: t("state"), width: 130, card: "badge", render: (row) => <Status tone={row.enabled ? (row.public ? "good" : "info") : "idle"}>{t(row.enabled ? (row.public ? "states.sold" : "states.given") : "states.off")}</Status> },
    { key: "price", title: t("price"), width: 170, render: (row) => <><Money nano={nanoOf(row.price)} /> {t(`terms.${row.term_unit}`, { count: row.term_count })}</> },
    { key: "quota", title: t("quota"), width: 190, render: (row) => <><Money nano={nanoOf(row.quota)} /> {t(`resets.${row.reset}`)}</> },
    {
      key: "running", title: t("running"), width: 100, align: "right",
      render: (row) => (row.running ? <Anchor component={Link} inherit to={`/subscriptions?plan=${encodeURIComponent(row.name)}&state=active`}><Count value={row.running} /></Anchor> : <Count value={row.running} />),
    },
    { key: "group", title: t("group"), width: 120, render: (row) => row.group },
    { key: "pay", title: t("payBy"), width: 170, hidden: true, render: (row) => row.pay_by.join(", ") },
    { key: "position", title: t("position"), width: 100, align: "right", sort: "position", render: (row) => <Count value={row.position} /> },
    { key: "rank", title: t("rank"), width: 90, align: "right", hidden: true, render: (row) => <Count value={row.rank} /> },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "toggle", label: t(row.enabled ? "switchOff" : "switchOn"), icon: row.enabled ? IconEyeOff : IconEye, run: () => toggle(row) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="plans" queryKey={KEY} columns={columns} search={t("search")} defaultSort="position"
        load={(query, signal) => ok(api.GET("/api/v1/plans", { params: { query }, signal }))}
        file={{ path: "/api/v1/plans" }}
        rowId={(row) => row.id}
        rowName={(row) => row.title || row.name}
        rowActions={actions}
        bulk={several}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        peek={{
          title: (row) => row.title || row.name,
          render: (row, close) => <Editor key={row.id} id={row.id} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/plans/{plan}", { params: { path: { plan: id } } })),
        }}
        create={{ label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconCalendarRepeat }}
      />
    </Page>
  );
}
