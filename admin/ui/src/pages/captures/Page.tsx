/** Capture rules: whose requests are kept with their bodies. What was kept is read at the request itself. */
import { Text } from "@mantine/core";
import { IconEraser, IconFileSearch, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { Bytes, type Column, confirm, Count, DataTable, done, failed, Page, type RowAction, Status, When } from "~/components";
import { Editor } from "./Editor";

type Row = Schema<"CaptureRuleOut">;
const KEY = ["captures"];

export default function CapturesPage() {
  const { t } = useTranslation("captures");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const path = (row: Row) => ({ path: { rule: row.id } });
  const change = async (row: Row, enabled: boolean) => {
    await ok(api.PATCH("/api/v1/captures/rules/{rule}", { params: path(row), body: { enabled } }));
    await refresh();
  };
  const toggle = async (row: Row) => {
    try {
      await change(row, !row.enabled);
      done(t(row.enabled ? "switchedOff" : "switchedOn"), () => change(row, row.enabled));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row, purge: boolean) => {
    if (!(await confirm({ title: t("removeTitle"), text: t(purge ? "purgeText" : "removeText", { owner: row.owner }), action: t(purge ? "purge" : "remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/captures/rules/{rule}", { params: { ...path(row), query: { purge } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const name = (row: Row) => row.owner || `#${row.owner_id}`;
  const columns: Column<Row>[] = [
    { key: "owner", title: t("owner"), render: name },
    { key: "scope", title: t("scope"), width: 130, render: (row) => t(`scopes.${row.scope as "key"}`) },
    { key: "days", title: t("days"), width: 130, align: "right", render: (row) => <Count value={row.keep_days} /> },
    { key: "bytes", title: t("bytes"), width: 130, align: "right", render: (row) => <Bytes bytes={row.max_bytes} /> },
    { key: "redact", title: t("redacted"), width: 200, render: (row) => [...(row.redact.fields ?? []), ...(row.redact.patterns ?? [])].join(", ") || <Text span inherit c="dimmed">{t("nothingOut")}</Text> },
    { key: "until", title: t("until"), width: 130, render: (row) => <When at={row.until} /> },
    { key: "state", title: t("state"), width: 100, card: "badge", render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
    { key: "note", title: t("note"), width: 180, render: (row) => row.note },
    { key: "by", title: t("by"), width: 140, hidden: true, render: (row) => row.created_by },
    { key: "created", title: t("created"), width: 130, render: (row) => <When at={row.created_at} /> },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "toggle", label: t(row.enabled ? "switchOff" : "switchOn"), icon: row.enabled ? IconPlayerPause : IconPlayerPlay, run: () => toggle(row) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row, false) },
    { key: "purge", label: t("purge"), icon: IconEraser, danger: true, run: () => remove(row, true) },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="captures"
        queryKey={KEY}
        load={(_, signal) => ok(api.GET("/api/v1/captures/rules", { signal }))}
        columns={columns}
        rowId={(row) => row.id}
        rowName={name}
        rowActions={actions}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        peek={{ title: name, render: (row, close) => <Editor key={row.id} id={row.id} onSaved={refresh} close={close} /> }}
        create={{ label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconFileSearch }}
      />
    </Page>
  );
}
