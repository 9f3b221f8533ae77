/** The audit log: who changed what, field by field, and the way back where there is one. */
import { Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { type Column, Count, DataTable, type Filter, Page, When } from "~/components";
import { Entry } from "./Entry";
import { useAuditWords } from "./words";

type Row = Schema<"AuditOut">;
const KEY = ["audit"];

export default function Audit() {
  const { t } = useTranslation("audit");
  const queries = useQueryClient();
  const words = useAuditWords();
  const columns: Column<Row>[] = [
    { key: "action", title: t("action"), width: 190, render: (row) => <span title={row.action}>{words.action(row.action)}</span> },
    { key: "object", title: t("object"), render: (row) => <>{row.object_name || row.object_id} <Text span inherit c="dimmed" title={row.kind}>{words.kind(row.kind)}</Text></> },
    { key: "actor", title: t("actor"), width: 150, render: (row) => row.actor },
    { key: "fields", title: t("fields"), width: 90, align: "right", render: (row) => <Count value={row.changes.length} /> },
    { key: "ip", title: t("ip"), width: 130, render: (row) => row.ip || "—" },
    { key: "at", title: t("at"), width: 130, sort: "at", card: "badge", render: (row) => <When at={row.at} /> },
    { key: "agent", title: t("agent"), width: 220, hidden: true, render: (row) => row.agent || "—" },
    { key: "request", title: t("request"), width: 220, hidden: true, render: (row) => row.request_id || "—" },
  ];
  const filters: Filter[] = [
    { name: "when", label: t("at"), type: "range", from: "since", to: "until" },
    { name: "action", label: t("action"), type: "choice", options: words.actions() },
    { name: "kind", label: t("kind"), type: "choice", options: words.kinds() },
    { name: "actor", label: t("actor"), type: "text" },
    { name: "object_id", label: t("objectId"), type: "text", rare: true },
    { name: "request_id", label: t("request"), type: "text", rare: true },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="audit"
        queryKey={KEY}
        load={async (query, signal) => (await ok(api.GET("/api/v1/audit", { params: { query }, signal }))) as Schema<"Listed_AuditOut_">}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="-at"
        file={{ path: "/api/v1/audit" }}
        rowId={(row) => row.id}
        rowName={(row) => `${words.action(row.action)} ${row.object_name || row.object_id}`}
        peek={{
          size: 720,
          title: (row) => `${words.kind(row.kind)} · ${words.action(row.action)}`,
          render: (row) => <Entry key={row.id} row={row} onDone={() => queries.invalidateQueries({ queryKey: KEY })} />,
          load: (id) => ok(api.GET("/api/v1/audit/{entry}", { params: { path: { entry: Number(id) } } })),
        }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconHistory }}
      />
    </Page>
  );
}
