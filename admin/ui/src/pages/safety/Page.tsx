/** Safety rules: what may not go to a provider or to a client, in the order in which it is looked at. */
import { Button, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconFlask, IconPlayerPause, IconPlayerPlay, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Page, Peek, type RowAction, Status, type Tone } from "~/components";
import { Editor } from "./Editor";
import { type Action, KINDS, moved, type Rule } from "./shape";
import { Try } from "./Try";

const KEY = ["safety"];
const MOST = 1000;
const TONES: Record<Action, Tone> = { block: "bad", mask: "warn", log: "info" };

export default function SafetyPage() {
  const { t, i18n } = useTranslation("safety");
  const queries = useQueryClient();
  const may = useCan()("safety.write", "all");
  const [params, setParams] = useSearchParams();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const path = (id: number) => ({ path: { rule: String(id) } });
  const trying = (on: boolean) => setParams((now) => { on ? now.set("try", "1") : now.delete("try"); return now; });
  const detector = (name: string) => (i18n.exists(`safety:detector.${name}`) ? String(t(`detector.${name}` as never)) : name);

  const change = async (row: Rule, body: Schema<"SafetyRulePatch">) => {
    await ok(api.PATCH("/api/v1/safety-rules/{rule}", { params: path(row.id), body }));
    await refresh();
  };
  const toggle = async (row: Rule) => {
    try {
      await change(row, { enabled: !row.enabled });
      done(t(row.enabled ? "switchedOff" : "switchedOn"), () => change(row, { enabled: row.enabled }));
    } catch (error) {
      failed(error);
    }
  };
  const move = async (row: Rule, by: 1 | -1) => {
    try {
      const { items } = await ok(api.GET("/api/v1/safety-rules", { params: { query: { sort: "position", limit: MOST } } }));
      const at = items.findIndex((one) => one.id === row.id);
      const changes = moved(items, at, at + by);
      for (const { id, position } of changes) await ok(api.PATCH("/api/v1/safety-rules/{rule}", { params: path(id), body: { position } }));
      await refresh();
      done(t(changes.length > 0 ? "moved" : "cannotMove"));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Rule) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.name, action: t("remove"), danger: true }))) return;
    try {
      const { etag } = await tagged(api.GET("/api/v1/safety-rules/{rule}", { params: path(row.id) }));
      await api.DELETE("/api/v1/safety-rules/{rule}", { params: { ...path(row.id), header: ifMatch(etag) } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };

  const finds = (row: Rule): string =>
    row.kind === "words" ? t("count.words", { count: row.word_count })
    : row.kind === "patterns" ? (row.patterns ?? []).join("  ")
    : row.kind === "detectors" ? (row.detectors ?? []).map(detector).join(", ")
    : (row.url ?? "");
  const scope = (row: Rule): string => {
    const parts = [...(row.models ?? []), ...(row.groups ?? []), ...(row.key_ids ? [t("count.keys", { count: row.key_ids.length })] : []), ...(row.organisation_ids ? [t("count.organisations", { count: row.organisation_ids.length })] : [])];
    return parts.length === 0 ? t("scope.all") : parts.join(", ");
  };
  const columns: Column<Rule>[] = [
    { key: "name", title: t("name"), width: 200, sort: "name", render: (row) => row.name },
    { key: "kind", title: t("kind"), width: 130, render: (row) => t(`kinds.${row.kind}`) },
    { key: "finds", title: t("finds"), render: finds },
    { key: "action", title: t("action"), width: 120, card: "badge", render: (row) => (row.kind === "webhook" ? <Text span inherit c="dimmed">{t("webhook.decides")}</Text> : <Status tone={TONES[row.action]}>{t(`actions.${row.action}`)}</Status>) },
    { key: "stages", title: t("stage"), width: 150, render: (row) => (row.stages ?? []).map((stage) => t(`stages.${stage}`)).join(", ") },
    { key: "scope", title: t("scope.title"), width: 160, render: scope },
    { key: "position", title: t("position"), width: 90, align: "right", sort: "position", render: (row) => row.position },
    { key: "state", title: t("state"), width: 100, render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
  ];
  const filters: Filter[] = [{ name: "kind", label: t("kind"), type: "choice", options: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })) }];
  const actions = (row: Rule): RowAction[] => [
    { key: "toggle", label: t(row.enabled ? "switchOff" : "switchOn"), icon: row.enabled ? IconPlayerPause : IconPlayerPlay, run: () => toggle(row) },
    { key: "up", label: t("earlier"), icon: IconArrowUp, run: () => move(row, -1) },
    { key: "down", label: t("later"), icon: IconArrowDown, run: () => move(row, 1) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
  ];
  const many = (action: Schema<"SafetyRuleBulk">["action"], ids: number[], dry_run = false) => ok(api.POST("/api/v1/safety-rules/bulk", { body: { ids, action, dry_run } }));
  const bulk: BulkAction[] = [
    { key: "on", label: t("switchOn"), icon: IconPlayerPlay, run: (ids, dry) => many("enable", ids, dry), undo: (ids) => many("disable", ids) },
    { key: "off", label: t("switchOff"), icon: IconPlayerPause, run: (ids, dry) => many("disable", ids, dry), undo: (ids) => many("enable", ids) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => many("delete", ids, dry) },
  ];

  return (
    <Page title={t("nav.list")} about={t("about")} actions={<Button variant="default" leftSection={<IconFlask size={16} />} onClick={() => trying(true)}>{t("nav.try")}</Button>}>
      <DataTable<Rule>
        id="safety"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/safety-rules", { params: { query }, signal }))}
        columns={columns}
        filters={filters}
        search={t("search")}
        defaultSort="position"
        file={{ path: "/api/v1/safety-rules" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={may ? actions : undefined}
        bulk={may ? bulk : undefined}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        peek={{
          title: (row) => row.name, size: 620,
          render: (row, close) => <Editor key={row.id} id={row.id} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/safety-rules/{rule}", { params: { path: { rule: id } } })),
        }}
        create={may ? { label: t("nav.create"), size: 620, render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconShieldCheck }}
      />
      <Peek opened={params.get("try") === "1"} title={t("nav.try")} onClose={() => trying(false)} size={620}><Try /></Peek>
    </Page>
  );
}
