/** Announcements: the list of all of them, for editors. The model that other lists copy. */
import { IconEye, IconEyeOff, IconSpeakerphone, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Page, type RowAction, Status, type Tone, When } from "~/components";
import { Editor } from "./Editor";

type Row = Schema<"AnnouncementOut">;
const KEY = ["announcements"];
const TONES: Record<Row["level"], Tone> = { info: "info", success: "good", warning: "warn", critical: "bad" };
const KINDS: Row["kind"][] = ["notice", "announcement", "faq", "api"];

export default function Announcements() {
  const { t } = useTranslation("announcements");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });

  const change = async (row: Row, body: Schema<"AnnouncementPatch">) => {
    await ok(api.PATCH("/api/v1/announcements/{announcement}", { params: { path: { announcement: row.id } }, body }));
    await refresh();
  };
  const toggle = async (row: Row) => {
    try {
      await change(row, { enabled: !row.enabled });
      done(t(row.enabled ? "hidden" : "shown"), () => change(row, { enabled: row.enabled }));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.title, action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/announcements/{announcement}", { params: { path: { announcement: row.id } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const several: BulkAction[] = [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => ok(api.POST("/api/v1/announcements/bulk", { body: { ids, action: "delete", dry_run: dry } })) }];

  const columns: Column<Row>[] = [
    { key: "title", title: t("title"), render: (row) => row.title },
    { key: "kind", title: t("kind"), width: 130, render: (row) => t(`kinds.${row.kind}`) },
    { key: "level", title: t("level"), width: 110, card: "badge", render: (row) => <Status tone={TONES[row.level]}>{t(`levels.${row.level}`)}</Status> },
    { key: "enabled", title: t("state"), width: 110, render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
    { key: "from", title: t("from"), width: 120, render: (row) => <When at={row.visible_from} /> },
    { key: "until", title: t("until"), width: 120, render: (row) => <When at={row.visible_until} /> },
    { key: "position", title: t("position"), width: 90, align: "right", hidden: true, render: (row) => row.position },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "kind", label: t("kind"), type: "choice", options: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })) },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "toggle", label: t(row.enabled ? "hide" : "show"), icon: row.enabled ? IconEyeOff : IconEye, run: () => toggle(row) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
  ];

  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="announcements"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/announcements/all", { params: { query }, signal }))}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="-id"
        file={{ path: "/api/v1/announcements/all" }}
        rowId={(row) => row.id}
        rowName={(row) => row.title}
        rowActions={actions}
        bulk={several}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        peek={{
          title: (row) => row.title,
          render: (row, close) => <Editor key={row.id} id={row.id} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/announcements/{announcement}", { params: { path: { announcement: Number(id) } } })),
        }}
        create={{ label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconSpeakerphone }}
      />
    </Page>
  );
}
