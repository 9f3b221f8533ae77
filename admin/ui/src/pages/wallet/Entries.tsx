/** The entries of an account: every change of the balance. */
import { IconReceipt } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { type Column, DataTable, Usd, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { useReason } from "./useReason";

type Row = Schema<"EntryOut">;

export function Entries({ account }: { account: string }) {
  const { t } = useTranslation("wallet");
  const reason = useReason();
  const columns: Column<Row>[] = [
    { key: "at", title: t("entry.at"), width: 190, render: (row) => <When at={row.at} absolute /> },
    { key: "reason", title: t("entry.reason"), width: 150, card: "title", render: (row) => reason(row.reason) },
    { key: "amount", title: t("entry.amount"), width: 150, align: "right", card: "badge", render: (row) => <span className={(nanoOf(row.amount) ?? 0n) < 0n ? undefined : "gain"}><Usd text={row.amount} /></span> },
    { key: "note", title: t("entry.note"), render: (row) => row.note },
    { key: "reference", title: t("entry.reference"), width: 220, render: (row) => row.reference },
    { key: "actor", title: t("entry.actor"), width: 160, hidden: true, render: (row) => row.actor },
  ];
  return (
    <DataTable<Row>
      id="wallet-entries"
      queryKey={["wallet", "entries", account]}
      load={({ limit, cursor }, signal) => ok(api.GET("/api/v1/accounts/{account}/entries", { params: { path: { account }, query: { limit, cursor, leases: false } }, signal }))}
      columns={columns}
      file={{ path: `/api/v1/accounts/${encodeURIComponent(account)}/entries`, asked: (query) => ({ ...query, leases: false }) }}
      rowId={(row) => row.id}
      rowName={(row) => `${reason(row.reason)} ${row.amount}`}
      empty={{ title: t("entry.empty.title"), text: t("entry.empty.text"), icon: IconReceipt }}
    />
  );
}
