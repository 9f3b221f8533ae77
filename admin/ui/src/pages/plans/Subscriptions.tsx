/** Subscriptions of everybody that one may see: given, changed, filled again, ended. */
import { Progress } from "@mantine/core";
import { IconCalendarOff, IconId, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, DataTable, type Filter, Money, Page, Status, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { Give } from "./Give";
import { One } from "./One";
import { usePaidBy } from "./usePaidBy";

type Row = Schema<"SubscriptionOut">;
const KEY = ["subscriptions"];
const STATES = ["active", "ended"] as const;

/** How much of a period's quota is left, in percent. */
const left = ({ period }: Row): number => {
  const quota = nanoOf(period?.quota ?? "0") ?? 0n;
  return quota > 0n ? Number(((nanoOf(period?.available ?? "0") ?? 0n) * 100n) / quota) : 0;
};

export default function Subscriptions() {
  const { t } = useTranslation("plans");
  const queries = useQueryClient();
  const may = useCan()("subscriptions.manage", "all");
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const paidBy = usePaidBy();
  /** Neither can be taken back, so both ask first. */
  const bulk = (action: "end" | "reset", ids: number[], dry = false) => ok(api.POST("/api/v1/subscriptions/bulk", { body: { ids, action, dry_run: dry } }));
  const several: BulkAction[] = [
    { key: "refill", label: t("refill.action"), icon: IconRefresh, danger: true, run: (ids, dry) => bulk("reset", ids, dry) },
    { key: "end", label: t("end.action"), icon: IconCalendarOff, danger: true, run: (ids, dry) => bulk("end", ids, dry) },
  ];
  const columns: Column<Row>[] = [
    { key: "owner", title: t("owner"), card: "title", render: (row) => row.owner || `#${row.owner_id}` },
    { key: "plan", title: t("plan"), width: 150, render: (row) => row.plan },
    { key: "state", title: t("state"), width: 110, card: "badge", render: (row) => <Status tone={row.state === "active" ? "good" : "idle"} why={row.ended_because ? t(`because.${row.ended_because}` as "because.expired") : undefined}>{t(`subscriptionStates.${row.state}`)}</Status> },
    {
      key: "left", title: t("left"), width: 210,
      render: (row) => (row.period ? <div><Money nano={nanoOf(row.period.available)} /> / <Money nano={nanoOf(row.period.quota)} /><Progress size={4} value={left(row)} aria-label={t("left")} /></div> : ""),
    },
    { key: "until", title: t("paidUntil"), width: 140, sort: "paid_until", render: (row) => <When at={row.paid_until} /> },
    { key: "renews", title: t("renews"), width: 110, render: (row) => (row.renews ? t("renewsYes") : "") },
    { key: "price", title: t("price"), width: 100, align: "right", render: (row) => <Money nano={nanoOf(row.price)} /> },
    { key: "pay", title: t("paidBy"), width: 110, hidden: true, render: (row) => paidBy(row.pay_by) },
    { key: "scope", title: t("scope"), width: 120, hidden: true, render: (row) => t(`scopes.${row.scope}`) },
    { key: "created", title: t("began"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`subscriptionStates.${value}`) })) },
    { name: "plan", label: t("plan"), type: "pick", search: pick("plan") },
    { name: "user", label: t("user"), type: "pick", search: pick("user") },
    { name: "organisation", label: t("organisation"), type: "pick", search: pick("organisation") },
  ];
  return (
    <Page title={t("nav.subscriptions")} about={t("subscriptionsAbout")}>
      <DataTable<Row>
        id="subscriptions" queryKey={KEY} columns={columns} filters={filters} defaultSort="-id"
        load={(query, signal) => ok(api.GET("/api/v1/subscriptions", { params: { query }, signal }))}
        file={{ path: "/api/v1/subscriptions" }}
        bulk={may ? several : undefined}
        rowId={(row) => row.id}
        rowName={(row) => `${row.owner} ${row.plan}`}
        rowTone={(row) => (row.state === "ended" ? "idle" : undefined)}
        peek={{
          title: (row) => `${row.owner} · ${row.plan}`,
          render: (row) => <One key={row.id} id={row.id} refresh={refresh} may={may} />,
          load: (id) => ok(api.GET("/api/v1/subscriptions/{subscription}", { params: { path: { subscription: Number(id) } } })),
        }}
        create={may ? { label: t("nav.give"), render: (close) => <Give onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("subscriptionsEmpty.title"), text: t("subscriptionsEmpty.text"), icon: IconId }}
      />
    </Page>
  );
}
