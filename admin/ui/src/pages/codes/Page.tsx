/** Redemption codes: made in batches, shown again after a second check, switched off, exported. */
import { Button, Menu } from "@mantine/core";
import { IconBan, IconCircleCheck, IconDownload, IconEraser, IconTicket, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, raw, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Money, Page, type RowAction, Status, type Tone, When } from "~/components";
import { saveBlob } from "~/lib/files";
import { nanoOf } from "~/lib/money";
import { Create } from "./Create";
import { Shown } from "./Shown";

type Row = Schema<"CodeOut">;
const KEY = ["codes"];
const TONES: Record<Row["state"], Tone> = { available: "good", redeemed: "info", expired: "idle", disabled: "warn" };
const STATES = ["available", "redeemed", "expired", "disabled"] as const;
const ICONS = { disable: IconBan, enable: IconCircleCheck, delete: IconTrash };

export default function Codes() {
  const { t } = useTranslation("codes");
  const queries = useQueryClient();
  const may = useCan()("codes.write", "all");
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const bulk = (action: keyof typeof ICONS, ids: number[], dry = false) => ok(api.POST("/api/v1/redemption-codes/bulk", { body: { ids, action, dry_run: dry } }));
  const one = async (row: Row, action: keyof typeof ICONS) => {
    if (action === "delete" && !(await confirm({ title: t("deleteTitle"), text: `${row.name} ${row.hint}`, action: t("bulk.delete"), danger: true }))) return;
    try {
      await bulk(action, [row.id]);
      await refresh();
      done(t(`did.${action}`), action === "delete" ? undefined : () => bulk(action === "disable" ? "enable" : "disable", [row.id]).then(refresh));
    } catch (error) {
      failed(error);
    }
  };
  const clean = async () => {
    if (!(await confirm({ title: t("cleanTitle"), text: t("cleanText"), action: t("clean"), danger: true }))) return;
    try {
      const { removed } = await ok(api.DELETE("/api/v1/redemption-codes/unusable"));
      await refresh();
      done(t("cleaned", { count: removed }));
    } catch (error) {
      failed(error);
    }
  };

  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), render: (row) => row.name },
    { key: "hint", title: t("code"), width: 120, render: (row) => <code>{row.hint}</code> },
    { key: "credit", title: t("credit"), width: 110, align: "right", render: (row) => <Money nano={nanoOf(row.credit)} /> },
    { key: "state", title: t("state"), width: 120, card: "badge", render: (row) => <Status tone={TONES[row.state]}>{t(`states.${row.state}`)}</Status> },
    { key: "by", title: t("redeemedBy"), width: 150, render: (row) => row.redeemed_by_name ?? "" },
    { key: "redeemed", title: t("redeemedAt"), width: 130, render: (row) => <When at={row.redeemed_at} /> },
    { key: "expires", title: t("expires"), width: 130, render: (row) => <When at={row.expires_at} /> },
    { key: "batch", title: t("batch"), width: 210, hidden: true, render: (row) => row.batch },
    { key: "actor", title: t("actor"), width: 160, hidden: true, render: (row) => row.actor },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) },
    { name: "batch", label: t("batch"), type: "text" },
  ];
  const actions = (row: Row): RowAction[] => [
    ...(row.state === "available" ? [{ key: "disable", label: t("bulk.disable"), icon: IconBan, run: () => one(row, "disable") }] : []),
    ...(row.state === "disabled" ? [{ key: "enable", label: t("bulk.enable"), icon: IconCircleCheck, run: () => one(row, "enable") }] : []),
    { key: "delete", label: t("bulk.delete"), icon: IconTrash, danger: true, run: () => one(row, "delete") },
  ];
  const several: BulkAction[] = (["disable", "enable", "delete"] as const).map((action) => ({
    key: action, label: t(`bulk.${action}`), icon: ICONS[action], danger: action === "delete",
    run: (ids, dry) => bulk(action, ids, dry),
    undo: action === "delete" ? undefined : (ids) => bulk(action === "disable" ? "enable" : "disable", ids),
  }));
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="codes" queryKey={KEY} columns={columns} filters={filters} search={t("search")} defaultSort="-id"
        load={(query, signal) => ok(api.GET("/api/v1/redemption-codes", { params: { query }, signal }))}
        rowId={(row) => row.id}
        rowName={(row) => `${row.name} ${row.hint}`}
        rowActions={may ? actions : undefined}
        bulk={may ? several : undefined}
        rowTone={(row) => (row.state === "expired" || row.state === "disabled" ? "idle" : undefined)}
        peek={{
          title: (row) => `${row.name} ${row.hint}`,
          render: (row) => <Shown key={row.id} row={row} may={may} />,
          load: (id) => ok(api.GET("/api/v1/redemption-codes/{code}", { params: { path: { code: Number(id) } } })),
        }}
        create={may ? { label: t("nav.create"), render: (close) => <Create onMade={refresh} close={close} /> } : undefined}
        tools={may ? <Tools clean={clean} /> : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconTicket }}
      />
    </Page>
  );
}

function Tools({ clean }: { clean: () => unknown }) {
  const { t } = useTranslation("codes");
  const [url] = useSearchParams();
  // The server asks for a second check before it hands out codes: a link could not do it.
  const save = async (format: "csv" | "jsonl") => {
    const query = new URLSearchParams({ format });
    for (const name of ["q", "state", "batch"]) if (url.get(name)) query.set(name, url.get(name) ?? "");
    try {
      saveBlob(`codes.${format}`, await (await raw(`/api/v1/redemption-codes/export?${query}`)).blob());
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <Menu>
        <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />}>{t("export")}</Button></Menu.Target>
        <Menu.Dropdown>
          {(["csv", "jsonl"] as const).map((format) => <Menu.Item key={format} onClick={() => void save(format)}>{format.toUpperCase()}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <Button size="compact-sm" variant="default" leftSection={<IconEraser size={14} />} onClick={clean}>{t("clean")}</Button>
    </>
  );
}

