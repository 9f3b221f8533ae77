/** Invitations: who was asked to come, by whom, and whether they did. */
import { IconMailPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Page, type RowAction, Status, type Tone, When, useRoleName } from "~/components";
import { Create } from "./Create";

type Row = Schema<"InvitationOut">;
const KEY = ["invitations"];
const TONES: Record<Row["state"], Tone> = { open: "info", used: "good", expired: "idle" };
const STATES = ["open", "used", "expired"] as const;
/** The API's seconds as the microseconds that <When> takes. */
const us = (seconds: number | null) => (seconds === null ? null : seconds * 1e6);

export default function Invitations() {
  const { t } = useTranslation("invitations");
  const roleName = useRoleName();
  const write = useCan()("invitations.write", "organisation");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.email || t("anybody"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/invitations/{invitation}", { params: { path: { invitation: row.id } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const several: BulkAction[] = [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => ok(api.POST("/api/v1/invitations/bulk", { body: { ids, action: "delete", dry_run: dry } })) }];
  const columns: Column<Row>[] = [
    { key: "email", title: t("email"), render: (row) => row.email || t("anybody") },
    { key: "state", title: t("state"), width: 110, card: "badge", render: (row) => <Status tone={TONES[row.state]}>{t(`states.${row.state}`)}</Status> },
    { key: "role", title: t("role"), width: 130, render: (row) => roleName(row.organisation_role) },
    { key: "group", title: t("group"), width: 120, render: (row) => row.group || "—" },
    { key: "inviter", title: t("inviter"), width: 140, render: (row) => row.inviter },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={us(row.created_at)} /> },
    { key: "expires", title: t("expires"), width: 130, sort: "expires_at", render: (row) => <When at={us(row.expires_at)} /> },
  ];
  const filters: Filter[] = [{ name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) }];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) }];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="invitations"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/invitations", { params: { query }, signal }))}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="-id"
        file={{ path: "/api/v1/invitations" }}
        rowId={(row) => row.id}
        rowName={(row) => row.email || t("anybody")}
        rowTone={(row) => (row.state === "open" ? undefined : "idle")}
        rowActions={write ? actions : undefined}
        bulk={write ? several : undefined}
        create={write ? { label: t("nav.create"), render: (close) => <Create onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconMailPlus }}
      />
    </Page>
  );
}
