/** Where events go: mailboxes, webhooks and phones of the gateway, of organisations and of users. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { IconBell, IconHistory, IconKey, IconListDetails, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Page, type RowAction, SecretOnce, Status, useSaid, When } from "~/components";
import { type Owner, TargetForm } from "~/pages/profile/TargetForm";

type Row = Schema<"TargetOut">;
const KEY = ["targets", "list"];
const KINDS: Row["kind"][] = ["email", "webhook", "bark", "gotify"];
const OWNERS: Owner[] = ["gateway", "organisation", "me"];
/** Both secrets sign for as long, so that the receiver can change in its own time. */
const OVERLAP_H = 24;

export default function TargetsPage() {
  const { t } = useTranslation("webhooks");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const can = useCan();
  const me = useMe();
  const [secret, setSecret] = useState<string | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["targets"] });
  const path = (row: Row) => ({ path: { target: row.id } });
  const owners: Owner[] = [...(can("notifications.write", "all") ? (["gateway"] as const) : []), ...(me.organisation_id && can("notifications.write", "organisation") ? (["organisation"] as const) : [])];
  const may = (row: Row) => can("notifications.write", row.owner === "gateway" || (row.owner === "me" && row.user_id !== me.id) ? "all" : row.owner === "organisation" ? "organisation" : "own");

  const act = async (work: () => Promise<unknown>, said: string, undo?: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
      done(said, undo);
    } catch (error) {
      failed(error);
    }
  };
  const change = async (row: Row, enabled: boolean) => {
    await ok(api.PATCH("/api/v1/notifications/targets/{target}", { params: path(row), body: { enabled } }));
    await refresh();
  };
  const toggle = (row: Row) => act(() => change(row, !row.enabled), t(row.enabled ? "switchedOff" : "switchedOn"), () => change(row, row.enabled));
  const test = (row: Row) =>
    act(() => api.POST("/api/v1/notifications/targets/{target}/test", { params: path(row) }), t("tested")).then(() => navigate(`/webhooks/${row.id}`));
  const rotate = async (row: Row) => {
    if (!(await confirm({ title: t("rotateTitle"), text: t("rotateText", { count: OVERLAP_H }), action: t("rotate") }))) return;
    try {
      const made = await ok(api.POST("/api/v1/notifications/targets/{target}/rotate", { params: path(row), body: { overlap_hours: OVERLAP_H } }));
      setSecret(made.secret);
      await refresh();
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.name, action: t("remove"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/notifications/targets/{target}", { params: path(row) }), t("removed"));
  };

  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), width: 200, sort: "name", render: (row) => row.name },
    { key: "kind", title: t("kindOf"), width: 110, render: (row) => t(`kinds.${row.kind}`) },
    { key: "owner", title: t("owner"), width: 140, render: (row) => t(`owners.${row.owner}`) },
    { key: "where", title: t("where"), render: (row) => row.url || row.address },
    { key: "events", title: t("about"), width: 180, render: (row) => (row.events.includes("*") ? t("everything") : row.events.join(", ")) },
    { key: "state", title: t("state"), width: 130, card: "badge", render: (row) => <State row={row} /> },
    { key: "failures", title: t("failures"), width: 100, align: "right", hidden: true, render: (row) => row.failures },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "kind", label: t("kindOf"), type: "choice", options: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })) },
    { name: "owner", label: t("owner"), type: "choice", options: OWNERS.map((value) => ({ value, label: t(`owners.${value}`) })) },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "deliveries", label: t("deliveries.title"), icon: IconListDetails, run: () => navigate(`/webhooks/${row.id}`) },
    ...(may(row)
      ? [
          { key: "test", label: t("test"), icon: IconSend, run: () => test(row) },
          { key: "toggle", label: t(row.enabled ? "switchOff" : "switchOn"), icon: row.enabled ? IconPlayerPause : IconPlayerPlay, run: () => toggle(row) },
          ...(row.kind === "webhook" ? [{ key: "rotate", label: t("rotate"), icon: IconKey, run: () => rotate(row) }] : []),
          { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
        ]
      : []),
  ];
  const many = (action: Schema<"TargetBulk">["action"], ids: number[], dry_run = false) => ok(api.POST("/api/v1/notifications/targets/bulk", { body: { ids, action, dry_run } }));
  const bulk: BulkAction[] = [
    { key: "on", label: t("switchOn"), icon: IconPlayerPlay, run: (ids, dry) => many("enable", ids, dry), undo: (ids) => many("disable", ids) },
    { key: "off", label: t("switchOff"), icon: IconPlayerPause, run: (ids, dry) => many("disable", ids, dry), undo: (ids) => many("enable", ids) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => many("delete", ids, dry) },
  ];
  const saved = async (close: () => void) => {
    await refresh();
    done(t("saved"));
    close();
  };

  return (
    <Page title={t("nav.list")} about={t("intro")} actions={<Button component={Link} to="/webhooks/events" variant="default" leftSection={<IconHistory size={16} />}>{t("nav.events")}</Button>}>
      <DataTable<Row>
        id="targets"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/notifications/targets", { params: { query }, signal }))}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="-id"
        file={{ path: "/api/v1/notifications/targets" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={actions}
        bulk={can("notifications.write") ? bulk : undefined}
        rowTone={(row) => (row.disabled_because ? "bad" : row.enabled ? undefined : "idle")}
        peek={{
          title: (row) => row.name,
          render: (row, close) => (
            <Stack gap="sm">
              <Group justify="space-between" gap="xs">
                <State row={row} />
                <Button component={Link} to={`/webhooks/${row.id}`} variant="default" size="compact-sm" leftSection={<IconListDetails size={14} />}>{t("deliveries.title")}</Button>
              </Group>
              <TargetForm key={row.id} target={row} onSaved={() => saved(close)} close={close} />
            </Stack>
          ),
          load: (id) => ok(api.GET("/api/v1/notifications/targets/{target}", { params: { path: { target: Number(id) } } })),
        }}
        create={owners.length > 0 ? { label: t("nav.create"), render: (close) => <Create owners={owners} saved={() => saved(() => undefined)} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconBell }}
      />
      <Modal opened={secret !== null} onClose={() => setSecret(null)} title={t("rotate")} closeButtonProps={{ "aria-label": t("close") }}>
        {secret ? <SecretOnce secret={secret} name="webhook-secret" note={t("secret")} /> : null}
      </Modal>
    </Page>
  );
}

function State({ row }: { row: Row }) {
  const { t } = useTranslation("webhooks");
  const said = useSaid();
  if (row.disabled_because) return <Status tone="bad" why={said(row.disabled_said)}>{t("givenUp")}</Status>;
  if (!row.enabled) return <Status tone="idle">{t("off")}</Status>;
  return row.failures > 0 ? <Status tone="warn">{t("failing", { count: row.failures })}</Status> : <Status tone="good">{t("on")}</Status>;
}

/** The form, and then the secret of a webhook. */
function Create({ owners, saved, close }: { owners: Owner[]; saved: () => Promise<void>; close: () => void }) {
  const { t } = useTranslation("webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const made = async (shown?: string | null) => {
    await saved();
    if (shown) setSecret(shown);
    else close();
  };
  if (!secret) return <TargetForm target={null} owners={owners} onSaved={made} close={close} />;
  return (
    <Stack gap="sm">
      <SecretOnce secret={secret} name="webhook-secret" note={t("secret")} />
      <Button onClick={close}>{t("close")}</Button>
    </Stack>
  );
}
