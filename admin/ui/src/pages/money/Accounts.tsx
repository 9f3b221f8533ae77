/** Accounts with their balances: those of users, organisations, budgets, channels and subscriptions. */
import { IconBook2 } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, isProblem, ok, pick, type Schema } from "~/api";
import { type Column, DataTable, type Filter, type ListPage, type ListQuery, Money, Page, Status, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { Account } from "./Account";

type Row = Schema<"AccountOut">;
const KEY = ["accounts"];
const KINDS = ["user", "organisation", "subscription", "budget", "channel"] as const;
const read = (account: string, signal?: AbortSignal) => ok(api.GET("/api/v1/accounts/{account}", { params: { path: { account } }, signal }));

/** One that is named, or a page of all of a kind. */
async function load(query: ListQuery, signal: AbortSignal): Promise<ListPage<Row>> {
  const named = query.user ? `user:${query.user}` : query.organisation ? `organisation:${query.organisation}` : "";
  if (named) {
    try {
      return { items: [await read(named, signal)] };
    } catch (error) {
      if (isProblem(error) && error.status === 404) return { items: [] };
      throw error;
    }
  }
  return ok(api.GET("/api/v1/accounts", { params: { query: { limit: query.limit, kind: query.kind, cursor: query.cursor, sort: query.sort } }, signal }));
}

export default function Accounts() {
  const { t } = useTranslation("money");
  const queries = useQueryClient();
  const columns: Column<Row>[] = [
    { key: "name", title: t("account"), card: "title", render: (row) => row.name || `#${row.subject_id}` },
    { key: "kind", title: t("kind"), width: 140, card: "badge", render: (row) => t(`accountKinds.${row.kind}`) },
    { key: "balance", title: t("balance"), width: 150, align: "right", sort: "balance", render: (row) => <Money nano={nanoOf(row.money.balance)} /> },
    { key: "held", title: t("held"), width: 130, align: "right", sort: "held", render: (row) => <Money nano={nanoOf(row.money.held)} /> },
    { key: "available", title: t("available"), width: 150, align: "right", render: (row) => <Money nano={nanoOf(row.money.available)} /> },
    { key: "limited", title: t("limited"), width: 170, render: (row) => <Status tone={row.money.limited ? "info" : "idle"}>{t(row.money.limited ? "limitedYes" : "limitedNo")}</Status> },
    { key: "period", title: t("period"), width: 130, hidden: true, render: (row) => <When at={row.period_start} /> },
    { key: "id", title: t("number"), width: 90, align: "right", hidden: true, render: (row) => <span className="num">{row.id}</span> },
  ];
  const filters: Filter[] = [
    { name: "kind", label: t("kind"), type: "choice", options: KINDS.map((value) => ({ value, label: t(`accountKinds.${value}`) })) },
    { name: "user", label: t("accountKinds.user"), type: "pick", search: pick("user") },
    { name: "organisation", label: t("accountKinds.organisation"), type: "pick", search: pick("organisation") },
  ];
  return (
    <Page title={t("nav.accounts")} about={t("accountsAbout")}>
      <DataTable<Row>
        id="accounts" queryKey={KEY} load={load} columns={columns} filters={filters}
        rowId={(row) => row.id}
        rowName={(row) => `${t(`accountKinds.${row.kind}`)} ${row.name || row.subject_id}`}
        peek={{
          title: (row) => `${t(`accountKinds.${row.kind}`)} · ${row.name || `#${row.subject_id}`}`,
          render: (row) => <Account key={row.id} account={row} refresh={() => queries.invalidateQueries({ queryKey: KEY })} />,
          load: (id) => read(id),
          size: 680,
        }}
        empty={{ title: t("accountsEmpty.title"), text: t("accountsEmpty.text"), icon: IconBook2 }}
      />
    </Page>
  );
}
