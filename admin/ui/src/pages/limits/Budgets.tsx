/** Budgets: what a key, user, team or organisation may spend in a time, and how much of it is spent. */
import { Button, Group, Progress, Stack } from "@mantine/core";
import { IconPigMoney, IconRefreshDot, IconTag, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, isProblem, ok, pick, type Schema, useCan } from "~/api";
import { AmountInput, type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, type ListPage, type ListQuery, Money, Page, type RowAction, useAsk, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { BudgetEditor } from "./BudgetEditor";

type Row = Schema<"BudgetOut">;
const KEY = ["budgets"];
const SCOPES = ["organisation", "team", "user", "key"] as const;
const percent = (row: Row): number => {
  const amount = nanoOf(row.amount) ?? 0n;
  return amount > 0n ? Number(((nanoOf(row.spent) ?? 0n) * 100n) / amount) : 0;
};

/** Those of a named owner, or of everybody that one reaches. */
function asked({ user, key, team, organisation, ...query }: Partial<ListQuery>): Partial<ListQuery> {
  const named = Object.entries({ user, key, team, organisation }).find(([, name]) => name);
  return named ? { ...query, scope: named[0] as Row["scope"], owner: String(named[1]) } : query;
}

async function load(query: ListQuery, signal: AbortSignal): Promise<ListPage<Row>> {
  const wanted = asked(query);
  try {
    return await ok(api.GET("/api/v1/budgets", { params: { query: wanted }, signal }));
  } catch (error) {
    if (wanted.owner && isProblem(error) && error.status === 404) return { items: [] };
    throw error;
  }
}

export default function Budgets() {
  const { t } = useTranslation("limits");
  const locale = useLocale();
  const queries = useQueryClient();
  const may = useCan()("budgets.write", "organisation");
  const { ask, host } = useAsk();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const owner = (row: Row) => row.owner || `#${row.owner_id}`;
  const run = async (work: () => Promise<string>) => {
    try {
      const said = await work();
      await refresh();
      done(said);
    } catch (error) {
      failed(error);
    }
  };
  const reset = async (row: Row) => {
    if (!(await confirm({ title: t("reset.title"), text: owner(row), action: t("reset.action") }))) return;
    const header = idempotent(crypto.randomUUID());
    await run(async () => t("reset.done", { amount: moneyText(nanoOf((await ok(api.POST("/api/v1/budgets/{budget}/reset", { params: { path: { budget: row.id }, header } }))).added) ?? 0n, locale) }));
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeBudget"), text: owner(row), action: t("actions.delete"), danger: true }))) return;
    await run(async () => { await api.DELETE("/api/v1/budgets/{budget}", { params: { path: { budget: row.id } } }); return t("budgetRemoved"); });
  };
  const columns: Column<Row>[] = [
    { key: "owner", title: t("owner"), card: "title", render: owner },
    { key: "scope", title: t("scope"), width: 130, card: "badge", render: (row) => t(`dimensions.${row.scope}`) },
    { key: "period", title: t("period"), width: 130, render: (row) => t(`periods.${row.period}`) },
    { key: "spent", title: t("spent"), width: 230, render: (row) => <div><Money nano={nanoOf(row.spent)} /> / <Money nano={nanoOf(row.amount)} /><Progress size={4} value={percent(row)} color={percent(row) >= 90 ? "red" : undefined} aria-label={t("spent")} /></div> },
    { key: "available", title: t("available"), width: 130, align: "right", render: (row) => <Money nano={nanoOf(row.available)} /> },
    { key: "held", title: t("held"), width: 120, align: "right", hidden: true, render: (row) => <Money nano={nanoOf(row.held)} /> },
    { key: "alerts", title: t("alerts"), width: 130, render: (row) => row.alerts.map((one) => `${one} %`).join(", ") },
    { key: "since", title: t("since"), width: 130, hidden: true, render: (row) => <When at={row.period_start} /> },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "scope", label: t("scope"), type: "choice", options: SCOPES.map((value) => ({ value, label: t(`dimensions.${value}`) })) },
    { name: "user", label: t("dimensions.user"), type: "pick", search: pick("user") },
    { name: "key", label: t("dimensions.key"), type: "pick", search: pick("key") },
    { name: "organisation", label: t("dimensions.organisation"), type: "pick", search: pick("organisation") },
    { name: "team", label: t("dimensions.team"), type: "text", rare: true },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "reset", label: t("reset.action"), icon: IconRefreshDot, run: () => reset(row) },
    { key: "delete", label: t("actions.delete"), icon: IconTrash, danger: true, run: () => remove(row) },
  ];
  const several: BulkAction[] = [
    {
      key: "amount", label: t("setAmount"), icon: IconTag,
      run: async (ids, dry) => {
        const amount = dry ? "1" : await ask<string>({ title: t("setAmount"), body: (answer) => <Amount answer={answer} /> });
        return amount === null ? null : ok(api.POST("/api/v1/budgets/bulk", { body: { ids, action: "change", values: { amount }, dry_run: dry } }));
      },
    },
    { key: "delete", label: t("actions.delete"), icon: IconTrash, danger: true, run: (ids, dry) => ok(api.POST("/api/v1/budgets/bulk", { body: { ids, action: "delete", dry_run: dry } })) },
  ];
  return (
    <Page title={t("nav.budgets")} about={t("budgetsAbout")}>
      <DataTable<Row>
        id="budgets" queryKey={KEY} load={load} columns={columns} filters={filters} defaultSort="-id"
        file={{ path: "/api/v1/budgets", asked }}
        rowId={(row) => row.id}
        rowName={(row) => `${owner(row)} ${t(`periods.${row.period}`)}`}
        rowActions={may ? actions : undefined}
        bulk={may ? several : undefined}
        peek={{
          title: (row) => `${t(`dimensions.${row.scope}`)} · ${owner(row)}`,
          render: (row, close) => <BudgetEditor key={row.id} id={row.id} may={may} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/budgets/{budget}", { params: { path: { budget: Number(id) } } })),
        }}
        create={may ? { label: t("nav.newBudget"), render: (close) => <BudgetEditor may onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("budgetsEmpty.title"), text: t("budgetsEmpty.text"), icon: IconPigMoney }}
      />
      {host}
    </Page>
  );
}

function Amount({ answer }: { answer: (amount: string | null) => void }) {
  const { t } = useTranslation("limits");
  const [amount, setAmount] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); answer(amount); }}>
      <Stack gap="sm">
        <AmountInput label={t("amount")} value={amount} onChange={setAmount} data-autofocus />
        <Group justify="flex-end"><Button type="submit" disabled={nanoOf(amount) === null}>{t("setAmount")}</Button></Group>
      </Stack>
    </form>
  );
}
