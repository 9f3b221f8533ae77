/** Channels: the list of all, what is done to one and to many of them. */
import { Button, Loader, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconCash, IconCopy, IconDownload, IconEdit, IconFile, IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconRefresh, IconTags, IconTestPipe, IconTrash, IconUpload } from "@tabler/icons-react";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, DataTable, type Filter, Page, type RowAction, When } from "~/components";
import { numberText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { Batch } from "./parts/Batch";
import { ChangeForm } from "./parts/ChangeForm";
import { BalanceCell, ModelsCell, SpeedCell, StateCell, UsedCell, WithUsed } from "./parts/cells";
import { at, type Channel, KEY } from "./parts/data";
import { Rank } from "./parts/Rank";
import { Tags } from "./parts/Tags";
import { useChannelActions } from "./parts/useChannelActions";
import { useResting } from "./parts/useResting";

const Detail = lazy(() => import("./detail/Detail"));
const Editor = lazy(() => import("./form/Editor"));
const ExportFile = lazy(() => import("./parts/ExportFile"));
const ImportFile = lazy(() => import("./parts/ImportFile"));
const bulk = (body: Schema<"ChannelBulk">) => ok(api.POST("/api/v1/channels/bulk", { body }));
const NOTHING = { matched: 0, changed: 0, refused: 0, dry_run: true, results: [] };

export default function Channels() {
  const { t } = useTranslation(["channels", "common"]);
  const locale = useLocale();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const can = useCan();
  const writes = can("channels.write", "all");
  const acts = useChannelActions();
  const resting = useResting();

  const columns = useMemo<Column<Channel>[]>(() => [
    { key: "name", title: t("fields.name"), width: 150, sort: "name", render: (row) => row.name },
    { key: "state", title: t("state"), width: 124, card: "badge", render: (row) => <StateCell row={row} resting={resting} /> },
    { key: "provider", title: t("fields.provider"), width: 136, sort: "provider", render: (row) => row.provider },
    { key: "models", title: t("fields.models"), width: 176, render: (row) => <ModelsCell row={row} /> },
    { key: "groups", title: t("fields.groups"), width: 92, render: (row) => (row.groups ? row.groups.join(", ") : t("allGroups")) },
    { key: "rank", title: t("fields.priority"), width: 84, align: "right", sort: "priority", render: (row) => <Rank channel={row} writes={writes} /> },
    { key: "speed", title: t("speed"), width: 84, align: "right", render: (row) => <SpeedCell row={row} /> },
    { key: "used", title: t("used"), width: 88, align: "right", render: (row) => <UsedCell id={row.id} /> },
    { key: "balance", title: t("balance"), width: 80, align: "right", render: (row) => <BalanceCell row={row} /> },
    { key: "tag", title: t("fields.tag"), width: 76, sort: "tag", render: (row) => row.tag },
    { key: "keys", title: t("keysInUse"), width: 90, align: "right", hidden: true, render: (row) => (row.keys ? `${row.keys_in_use} / ${row.keys}` : "1") },
    { key: "ratio", title: t("ratio"), width: 90, align: "right", hidden: true, render: (row) => (row.settings.price_ratio ? `× ${row.settings.price_ratio}` : "") },
    { key: "tested", title: t("tested"), width: 120, hidden: true, render: (row) => <When at={row.state?.tested_at} /> },
    { key: "remark", title: t("fields.remark"), width: 160, hidden: true, render: (row) => row.remark },
    { key: "created", title: t("created"), width: 120, sort: "created_at", hidden: true, render: (row) => <When at={row.created_at} /> },
    { key: "id", title: t("id"), width: 70, align: "right", sort: "id", hidden: true, render: (row) => row.id },
  ], [t, resting, writes]);
  const find = (list: { value: string; label: string }[], text: string) =>
    list.filter((one) => one.value.toLocaleLowerCase(locale).includes(text.toLocaleLowerCase(locale))).slice(0, 50);
  /** What occurs among all channels, with how often. */
  const occurring = async (field: string) => {
    const { fields } = await queries.fetchQuery({ queryKey: [...KEY, "facets"], queryFn: () => ok(api.GET("/api/v1/channel-facets")), staleTime: 10_000 });
    return (fields[field] ?? []).map(({ value, count }) => ({ value, label: t("counted", { name: value, number: numberText(count, locale) }) }));
  };
  /** Those that are known, and what is typed: a channel may take others. */
  const models = async (text: string) => {
    const typed = text.trim();
    const found = await pick("model")(typed);
    return !typed || found.some((one) => one.value === typed) ? found : [{ value: typed, label: typed }, ...found];
  };
  const groups = async () => (await ok(api.GET("/api/v1/groups"))).items.map(({ name }) => ({ value: name, label: name }));
  const filters: Filter[] = [
    { name: "enabled", label: t("switched"), type: "choice", options: [{ value: "true", label: t("states.on") }, { value: "false", label: t("states.off") }] },
    { name: "off_by", label: t("offBy"), type: "choice", options: [{ value: "auto", label: t("states.auto") }] },
    { name: "provider", label: t("fields.provider"), type: "pick", search: async (text) => find(await occurring("provider"), text) },
    { name: "tag", label: t("fields.tag"), type: "pick", search: async (text) => find(await occurring("tag"), text) },
    { name: "model", label: t("test.model"), type: "pick", search: models },
    { name: "group", label: t("group"), type: "pick", search: async (text) => find(await groups(), text) },
  ];

  const actions = (row: Channel): RowAction[] => {
    const edit: RowAction = { key: "edit", label: t("edit"), icon: IconEdit, run: () => navigate({ search: withPeek(row.id, "settings") }, { preventScrollReset: true }) };
    if (!writes) return [edit];
    return [
      { key: "test", label: t("test.run"), icon: IconTestPipe, run: () => acts.test(row) },
      { key: "toggle", label: t(row.enabled ? "disable" : "enable"), icon: row.enabled ? IconPlayerPause : IconPlayerPlay, run: () => acts.toggle(row) },
      edit,
      { key: "retry", label: t("retry"), icon: IconRefresh, run: () => acts.retry(row) },
      { key: "balance", label: t("askBalance"), icon: IconCash, run: () => acts.balance(row) },
      { key: "copy", label: t("copy"), icon: IconCopy, run: () => acts.copy(row) },
      { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => acts.remove(row) },
    ];
  };
  const batch = (ids: number[]) => acts.ask<true>({ title: t("batch.title"), size: "lg", body: (answer) => <Batch ids={ids} close={() => answer(null)} /> });
  const tags = () => acts.ask<true>({ title: t("tags.title"), body: (answer) => <Tags close={() => answer(null)} /> });
  const wait = <Loader size="sm" />;
  const takeOut = (ids: number[]) => acts.ask<true>({ title: t("file.exportTitle"), body: (answer) => <Suspense fallback={wait}><ExportFile ids={ids} close={() => answer(null)} /></Suspense> });
  const putIn = () => acts.ask<true>({ title: t("file.importTitle"), size: "xl", body: (answer) => <Suspense fallback={wait}><ImportFile close={() => answer(null)} /></Suspense> });
  const many: BulkAction[] = [
    { key: "enable", label: t("enable"), icon: IconPlayerPlay, run: (ids, dry_run) => bulk({ ids, action: "enable", dry_run }), undo: (ids) => bulk({ ids, action: "disable", dry_run: false }) },
    { key: "disable", label: t("disable"), icon: IconPlayerPause, run: (ids, dry_run) => bulk({ ids, action: "disable", dry_run }), undo: (ids) => bulk({ ids, action: "enable", dry_run: false }) },
    {
      key: "change", label: t("bulk.change"), icon: IconEdit,
      run: async (ids) => {
        const values = await acts.ask<Schema<"ChannelPatch">>({ title: t("bulk.changeTitle", { count: ids.length }), body: (answer) => <ChangeForm ids={ids} answer={answer} /> });
        return values ? bulk({ ids, action: "change", values, dry_run: false }) : null;
      },
    },
    { key: "retry", label: t("retry"), icon: IconRefresh, run: (ids, dry_run) => bulk({ ids, action: "retry", dry_run }) },
    { key: "test", label: t("batch.button"), icon: IconTestPipe, run: async (ids) => { await batch(ids); return null; } },
    { key: "export", label: t("file.exportTitle"), icon: IconDownload, run: async (ids) => { await takeOut(ids); return null; } },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry_run) => (ids.length ? bulk({ ids, action: "delete", dry_run }) : Promise.resolve(NOTHING)) },
  ];

  return (
    <Page title={t("nav.list")} about={t("about")}>
      <WithUsed>
        <DataTable<Channel>
          id="channels"
          queryKey={KEY}
          load={(query, signal) => ok(api.GET("/api/v1/channels", { params: { query }, signal }))}
          columns={columns}
          filters={filters}
          search={t("search")}
          defaultSort="-priority"
          file={{ path: "/api/v1/channels" }}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          rowActions={actions}
          rowTone={(row) => (row.enabled ? undefined : row.off_by === "auto" ? "bad" : "idle")}
          bulk={writes ? many : undefined}
          tools={
            writes ? (
              <>
                <Button size="compact-sm" variant="default" leftSection={<IconTags size={14} />} onClick={tags}>{t("tags.button")}</Button>
                <Button size="compact-sm" variant="default" ml={4} leftSection={<IconTestPipe size={14} />} onClick={() => batch([])}>{t("batch.testAll")}</Button>
                <Menu>
                  <Menu.Target><Button size="compact-sm" variant="default" ml={4} leftSection={<IconFile size={14} />}>{t("file.menu")}</Button></Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => takeOut([])}>{t("file.exportTitle")}</Menu.Item>
                    {can("channels.secrets", "all") ? <Menu.Item leftSection={<IconUpload size={14} />} onClick={putIn}>{t("file.importTitle")}</Menu.Item> : null}
                  </Menu.Dropdown>
                </Menu>
              </>
            ) : undefined
          }
          peek={{
            title: (row) => row.name,
            size: 720,
            render: (row, close) => <Suspense fallback={<Loader size="sm" />}><Detail key={row.id} channel={row} resting={resting} acts={acts} close={close} /></Suspense>,
            load: (id) => ok(api.GET("/api/v1/channels/{channel}", { params: at(Number(id)) })),
          }}
          create={writes ? { label: t("nav.create"), size: 640, render: (close) => <Suspense fallback={<Loader size="sm" />}><Editor close={close} onSaved={acts.refresh} created={(made) => navigate({ search: withPeek(made.id, "test") }, { replace: true, state: { inside: true } })} /></Suspense> } : undefined}
          empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconPlugConnected }}
        />
      </WithUsed>
      {acts.host}
    </Page>
  );
}

/** The present search with a drawer on one of its tabs. */
function withPeek(id: number, tab: string): string {
  const params = new URLSearchParams(location.search);
  params.delete("new");
  params.set("peek", String(id));
  params.set("tab", tab);
  return params.toString();
}
