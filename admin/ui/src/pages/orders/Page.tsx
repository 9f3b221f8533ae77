/** Orders of everybody: looked at, asked about at the provider, completed by hand, refunded. */
import { IconCash, IconShoppingCart, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, DataTable, type Filter, Money, Page, Said, Status, useSaid, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { nanoOf } from "~/lib/money";
import { Detail } from "./Detail";
import { amountText, PROVIDERS, paidWith, TONES } from "./texts";

type Row = Schema<"OrderOut">;
const STATES = ["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"] as const;

export default function Orders() {
  const { t } = useTranslation("orders");
  const locale = useLocale();
  const said = useSaid();
  const word = (name: "transfer" | "balance" | "manual") => t(`providers.${name}`);
  const may = useCan()("orders.manage", "all");
  /** Neither can be taken back, so both ask first. */
  const bulk = (action: "cancel" | "complete", ids: number[], dry_run: boolean) =>
    ok(api.POST("/api/v1/orders/bulk", { params: { header: idempotent(crypto.randomUUID()) }, body: { ids, action, dry_run } }));
  const several: BulkAction[] = [
    { key: "complete", label: t("complete.action"), icon: IconCash, danger: true, run: (ids, dry) => bulk("complete", ids, dry) },
    { key: "cancel", label: t("cancel.several"), icon: IconX, danger: true, run: (ids, dry) => bulk("cancel", ids, dry) },
  ];
  const columns: Column<Row>[] = [
    { key: "title", title: t("title"), card: "title", render: (row) => <Said said={row.title_said} /> },
    { key: "user", title: t("user"), width: 140, render: (row) => row.user ?? row.user_id },
    { key: "for", title: t("for"), width: 140, hidden: true, render: (row) => t(row.account_kind === "organisation" ? "accounts.organisation" : "accounts.user") },
    { key: "state", title: t("state"), width: 130, card: "badge", render: (row) => <Status tone={TONES[row.state] ?? "idle"} why={said(row.problem_said) || undefined}>{t(`states.${row.state}` as "states.paid")}</Status> },
    { key: "amount", title: t("amount"), width: 120, align: "right", render: (row) => <span className="num">{amountText(row.amount, row.currency, locale)}</span> },
    { key: "credit", title: t("credit"), width: 120, align: "right", hidden: true, render: (row) => <Money nano={nanoOf(row.credit)} /> },
    { key: "refunded", title: t("refunded"), width: 120, align: "right", hidden: true, render: (row) => <span className="num">{amountText(row.refunded, row.currency, locale)}</span> },
    { key: "provider", title: t("provider"), width: 140, render: (row) => paidWith(row.provider, row.method, word) },
    { key: "number", title: t("number"), width: 210, render: (row) => row.number },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) },
    { name: "purpose", label: t("purpose"), type: "choice", options: (["topup", "subscription"] as const).map((value) => ({ value, label: t(`purposes.${value}`) })) },
    { name: "when", label: t("created"), type: "range", from: "since", to: "until" },
    { name: "provider", label: t("provider"), type: "choice", options: PROVIDERS.map((value) => ({ value, label: paidWith(value, "", word) })) },
    { name: "user_id", label: t("user"), type: "pick", search: pick("user", "ref") },
    { name: "organisation", label: t("organisation"), type: "pick", search: pick("organisation") },
    { name: "account", label: t("for"), type: "choice", options: (["user", "organisation"] as const).map((value) => ({ value, label: t(`accounts.${value}`) })) },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="orders" queryKey={["orders"]} columns={columns} filters={filters} search={t("search")} defaultSort="-id"
        load={async (query, signal) => (await ok(api.GET("/api/v1/orders", { params: { query }, signal }))) as Schema<"Listed_OrderOut_">}
        file={{ path: "/api/v1/orders" }}
        rowId={(row) => row.number}
        bulk={may ? several : undefined}
        bulkId={(row) => row.id}
        rowName={(row) => `${said(row.title_said)} ${row.number}`}
        rowTone={(row) => (row.state === "review" || row.state === "failed" ? "bad" : row.state === "expired" || row.state === "cancelled" ? "idle" : undefined)}
        peek={{
          title: (row) => said(row.title_said),
          render: (row) => <Detail key={row.number} number={row.number} />,
          load: async (number) => (await ok(api.GET("/api/v1/orders/{number}", { params: { path: { number } } }))).order,
        }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconShoppingCart }}
      />
    </Page>
  );
}
