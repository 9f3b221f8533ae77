/** Tasks: what providers still work on after their answer, and whether it is booked. */
import { IconHourglass, IconPlayerStop } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, pick, type Reach, type Schema, useCan } from "~/api";
import { type Column, confirm, Count, DataTable, done, type Filter, failed, LiveButton, Money, Page, type RowAction, When } from "~/components";
import { Detail } from "./Detail";
import { SETTLEMENTS, STATES, Settled, TaskState } from "./state";

type Row = Schema<"TaskOut">;
const KEY = ["tasks"];
const LIVE_MS = 5000;
const named = (name: string, id: number) => name || (id ? `#${id}` : "—");

export default function Tasks() {
  const { t } = useTranslation("tasks");
  const can = useCan();
  const queries = useQueryClient();
  const reach: Reach = can("tasks.read", "all") ? "all" : can("tasks.read", "organisation") ? "organisation" : "own";
  const filters = useFilters(reach);
  const [url, setUrl] = useSearchParams();
  const live = url.get("live") === "1";
  const setLive = (on: boolean) =>
    setUrl((before) => { const next = new URLSearchParams(before); on ? next.set("live", "1") : next.delete("live"); return next; }, { replace: true, preventScrollReset: true });
  const columns: (Column<Row> | false)[] = [
    { key: "made", title: t("made"), width: 100, sort: "made_at", card: "line", render: (row) => <When at={row.made_at} /> },
    { key: "state", title: t("state"), width: 116, card: "badge", render: (row) => <TaskState row={row} /> },
    { key: "settlement", title: t("settlement"), width: 116, render: (row) => <Settled row={row} /> },
    { key: "model", title: t("model"), card: "title", render: (row) => row.model },
    { key: "key", title: t("key"), width: 100, render: (row) => named(row.key, row.key_id) },
    reach !== "own" && { key: "user", title: t("user"), width: 90, render: (row) => named(row.user, row.user_id) },
    reach === "all" && { key: "channel", title: t("channel"), width: 108, render: (row) => named(row.channel, row.channel_id) },
    { key: "output", title: t("output"), width: 76, align: "right", sort: "output_tokens", render: (row) => <Count value={row.output_tokens} short /> },
    { key: "cost", title: t("cost"), width: 92, align: "right", sort: "cost", render: (row) => <Money nano={row.cost} /> },
    { key: "finished", title: t("finished"), width: 104, sort: "finished_at", render: (row) => <When at={row.finished_at} /> },
    { key: "polls", title: t("polls"), width: 90, align: "right", hidden: true, render: (row) => <Count value={row.polls} /> },
    { key: "estimate", title: t("estimate"), width: 110, align: "right", hidden: true, render: (row) => <Money nano={row.estimate} /> },
    { key: "upstream", title: t("upstreamId"), width: 200, hidden: true, render: (row) => row.upstream_id },
    { key: "request", title: t("request"), width: 210, hidden: true, card: false, render: (row) => row.request_id },
  ];
  const cancel = async (row: Row) => {
    if (!(await confirm({ title: t("cancel.title"), text: t("cancel.text"), action: t("cancel.action"), danger: true }))) return;
    try {
      await ok(api.POST("/api/v1/tasks/{task}/cancel", { params: { path: { task: row.id } } }));
      done(t("cancel.done"));
    } catch (error) {
      failed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: KEY });
    }
  };
  const actions = (row: Row): RowAction[] =>
    row.settlement === "open" && can("tasks.write") ? [{ key: "cancel", label: t("cancel.action"), icon: IconPlayerStop, danger: true, run: () => cancel(row) }] : [];
  return (
    <Page title={t("nav.list")} about={t("about")} actions={<LiveButton live={live} onChange={setLive} />}>
      <DataTable<Row>
        id="tasks"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/tasks", { params: { query }, signal }))}
        columns={columns.filter((one) => one !== false)}
        filters={filters}
        search={t("search")}
        defaultSort="-made_at"
        file={{ path: "/api/v1/tasks/export", asked: ({ sort: _, ...query }) => query }}
        rowId={(row) => row.id}
        rowName={(row) => row.upstream_id}
        rowTone={(row) => (row.state === "failed" ? "bad" : undefined)}
        rowActions={actions}
        refreshMs={live ? LIVE_MS : undefined}
        peek={{
          title: (row) => row.model || row.upstream_id,
          render: (row) => <Detail key={row.id} row={row} />,
          load: (id) => ok(api.GET("/api/v1/tasks/{task}", { params: { path: { task: Number(id) } } })),
        }}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconHourglass }}
      />
    </Page>
  );
}

function useFilters(reach: Reach): Filter[] {
  const { t } = useTranslation("tasks");
  return useMemo(() => {
    const found: (Filter | false)[] = [
      { name: "when", label: t("made"), type: "range", from: "since", to: "until" },
      { name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) },
      { name: "settlement", label: t("settlement"), type: "choice", options: SETTLEMENTS.map((value) => ({ value, label: t(`settlements.${value}`) })) },
      { name: "model", label: t("model"), type: "pick", search: pick("model") },
      { name: "key", label: t("key"), type: "pick", search: pick("key") },
      reach !== "own" && { name: "user", label: t("user"), type: "pick", search: pick("user") },
      reach === "all" && { name: "channel", label: t("channel"), type: "pick", search: pick("channel") },
      reach === "all" && { name: "organisation", label: t("organisation"), type: "pick", search: pick("organisation"), rare: true },
      { name: "team", label: t("team"), type: "pick", search: pick("team", "ref"), rare: true },
      reach === "all" && { name: "provider", label: t("provider"), type: "text", rare: true },
      { name: "request_id", label: t("request"), type: "text", rare: true },
    ];
    return found.filter((one) => one !== false);
  }, [t, reach]);
}
