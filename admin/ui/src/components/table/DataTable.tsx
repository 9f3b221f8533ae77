/** The one list of the console. What it shows is in the URL; what it filters, sorts and pages, the server does.
 *
 * <DataTable id="keys" queryKey={["keys"]} load={(query, signal) => ok(api.GET("/api/v1/keys", { params: { query }, signal }))}
 *   columns={[{ key: "name", title: t("keys:name"), sort: "name", render: (key) => key.name }]}
 *   rowId={(key) => key.id} rowName={(key) => key.name} empty={{ title: ..., text: ... }} />
 *
 * After a change: queries.invalidateQueries({ queryKey: ["keys"] }). Page, scroll and selection stay.
 */
import { ActionIcon, Button, CloseButton, Group, Loader, Paper, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { useCallbackRef, useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconChevronLeft, IconChevronRight, IconChevronsLeft, IconPlus, IconRefresh, IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePhone } from "~/lib/hooks";
import { SIZES, viewOf } from "~/lib/listState";
import { Empty } from "../Empty";
import { Peek } from "../Peek";
import { ProblemText } from "../ProblemText";
import { failed } from "../toast";
import { BulkBar, MOST } from "./BulkBar";
import { Cards } from "./Cards";
import { FileMenu } from "./ExportMenu";
import { Filters } from "./Filters";
import { useListKeys } from "./keys";
import { Over } from "./Over";
import { useHidden, useWidths } from "./prefs";
import { Rows } from "./Rows";
import { queryOf, useListState } from "./state";
import type { Filter, ListPage, ListSpec, RowId } from "./types";
import { ColumnMenu, ViewMenu } from "./Views";

const NONE: Filter[] = [];
/** As many as the API gives on a page. */
const COUNTED = 1000;
const FRESH_MS = 10_000;

export function DataTable<Row>(spec: ListSpec<Row>) {
  const { t } = useTranslation();
  const phone = usePhone();
  const queries = useQueryClient();
  const filters = spec.filters ?? NONE;
  const { url, state, page, change, forward, backward, over, lying, leaving, apply } = useListState(filters, spec.defaultSort ?? "");
  const [stored, setHidden] = useHidden(spec.id);
  const { widths, setWidth } = useWidths(spec.id);
  const hidden = stored ?? spec.columns.filter((column) => column.hidden).map((column) => column.key);
  const hiding = hidden.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `hiding` says what is in `hidden`
  const columns = useMemo(() => spec.columns.filter((column, index) => index === 0 || !hidden.includes(column.key)), [spec.columns, hiding]);
  const [chosen, setChosen] = useState(new Map<RowId, Row>());
  const [at, setAt] = useState(-1);
  const field = useRef<HTMLInputElement>(null);

  const list = useQuery({
    queryKey: [...spec.queryKey, "list", spec.id, state],
    queryFn: ({ signal }) => spec.load(queryOf(state, filters), signal),
    placeholderData: keepPreviousData,
    refetchInterval: spec.refreshMs,
  });
  const rows = list.data?.items;
  const following = list.data?.next ?? null;
  const narrowed = state.q !== "" || Object.keys(state.filters).length > 0;

  // What is chosen belongs to what is filtered.
  const narrowing = JSON.stringify([state.q, state.filters]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: on each other narrowing
  useEffect(() => setChosen((before) => (before.size ? new Map() : before)), [narrowing]);
  const choose = useCallbackRef((some: Row[], on: boolean) =>
    setChosen((before) => {
      const next = new Map(before);
      for (const row of some) on ? next.set(spec.rowId(row), row) : next.delete(spec.rowId(row));
      return next;
    }),
  );
  // Who chose the whole page is told how many there are: the first thousand are asked for, and used when all are chosen.
  const many = following !== null || state.after !== "";
  const whole = many && spec.bulk !== undefined && rows !== undefined && rows.length > 0 && rows.every((row) => chosen.has(spec.rowId(row)));
  const query = { ...queryOf({ ...state, after: "" }, filters), limit: COUNTED };
  const first = useQuery({ queryKey: [...spec.queryKey, "all", spec.id, { ...state, after: "" }], queryFn: ({ signal }) => spec.load(query, signal), enabled: whole, staleTime: FRESH_MS, gcTime: 0 });
  const everything = first.data !== undefined && !first.data.next && chosen.size >= first.data.items.length;
  const chooseAll = async () => {
    const all = new Map<RowId, Row>();
    for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined && all.size < MOST; ) {
      const found: ListPage<Row> = cursor || !first.data ? await spec.load(cursor ? { ...query, cursor } : query, new AbortController().signal) : first.data;
      for (const row of found.items.slice(0, MOST - all.size)) all.set(spec.rowId(row), row);
      cursor = found.next;
    }
    setChosen(all);
  };

  const opened = url.get("peek");
  const look = useCallbackRef((row: Row) => over("peek", String(spec.rowId(row))));
  const open = spec.peek ? look : undefined;
  const move = (by: number) => {
    if (!rows?.length) return;
    const beside = lying("peek");
    const from = beside === null ? at : rows.findIndex((row) => String(spec.rowId(row)) === beside);
    const to = Math.min(rows.length - 1, Math.max(0, from + by));
    const row = rows[to];
    if (!row) return;
    setAt(to);
    document.getElementById(`row-${spec.rowId(row)}`)?.scrollIntoView({ block: "nearest" });
    if (beside !== null) open?.(row);
  };
  useListKeys(
    {
      move,
      open: () => { const row = rows?.[at]; if (row) open?.(row); },
      choose: () => { const row = rows?.[at]; if (row && spec.bulk) choose([row], !chosen.has(spec.rowId(row))); },
      search: () => field.current?.focus(),
      clear: () => { setChosen(new Map()); setAt(-1); },
      over: () => lying("peek") !== null || lying("new") !== null,
      leaving: () => leaving.current,
      close: () => over(lying("peek") !== null ? "peek" : "new", null),
    },
  );
  const names = useMemo(() => new Map([...chosen].map(([id, row]) => [spec.bulkId?.(row) ?? id, spec.rowName(row)])), [chosen, spec]);
  const empty = rows?.length === 0 && !narrowed && !state.after;

  return (
    <div className="list" data-list={spec.id}>
      <Group gap="xs" className="tools">
        {spec.search !== undefined ? <SearchField value={state.q} label={spec.search} field={field} onChange={(q) => change({ q }, true)} /> : null}
        <Filters filters={filters} values={state.filters} onChange={(name, value) => change({ filters: { [name]: value } })} />
        {narrowed ? (
          <Button size="compact-sm" variant="subtle" onClick={() => change({ q: "", filters: Object.fromEntries(filters.map((one) => [one.name, ""])) })}>{t("table.clear")}</Button>
        ) : null}
        <Group gap={2} ml="auto">
          {list.isFetching && rows ? <Loader size={14} /> : null}
          {spec.tools}
          {spec.file ? <FileMenu file={spec.file} filters={filters} sort={spec.defaultSort ?? ""} /> : null}
          <Tooltip label={t("refresh")}><ActionIcon aria-label={t("refresh")} onClick={() => list.refetch()}><IconRefresh size={17} /></ActionIcon></Tooltip>
          <ViewMenu id={spec.id} now={viewOf(url)} onOpen={(query) => apply(new URLSearchParams(query))} />
          <ColumnMenu columns={spec.columns} hidden={hidden} onChange={(next) => void setHidden(next).catch(failed)} />
          {spec.create ? <Button ml={4} leftSection={<IconPlus size={15} />} onClick={() => over("new", "1")}>{spec.create.label}</Button> : null}
        </Group>
      </Group>
      {/* What is there stays, also where it cannot be brought up to date. */}
      {list.isError ? <ProblemText error={list.error} retry={() => list.refetch()} /> : null}
      {list.isError && !rows ? null : empty ? (
        <Paper withBorder><Empty {...spec.empty} action={spec.empty.action ?? (spec.create ? <Button leftSection={<IconPlus size={15} />} onClick={() => over("new", "1")}>{spec.create.label}</Button> : null)} /></Paper>
      ) : phone ? (
        <Cards spec={spec} columns={columns} rows={rows} sort={state.sort} onSort={(sort) => change({ sort })} chosen={chosen} onChoose={choose} onOpen={open} />
      ) : (
        <Rows spec={spec} columns={columns} rows={rows} sort={state.sort} onSort={(sort) => change({ sort })} chosen={chosen} onChoose={choose} at={at} open={opened} onOpen={open} widths={widths} setWidth={setWidth} />
      )}
      {rows?.length === 0 && !empty ? <Text ta="center" py="lg" size="sm" c="dimmed" role="status">{t("table.noMatch")}</Text> : null}
      {rows && !empty ? (
        <Group justify="space-between" gap="xs" className="pager">
          <Text size="xs" c="dimmed" aria-live="polite">{t("table.shown", { count: rows.length })}</Text>
          <Group gap={4}>
            <Select size="xs" w={76} aria-label={t("table.size")} data={SIZES.map(String)} value={String(state.size)} allowDeselect={false} onChange={(size) => change({ size: Number(size) })} />
            {state.after && page === 1 ? <ActionIcon aria-label={t("table.first")} onClick={() => change({ after: "" })}><IconChevronsLeft size={17} /></ActionIcon> : null}
            <ActionIcon aria-label={t("table.previous")} disabled={page === 1} onClick={backward}><IconChevronLeft size={17} /></ActionIcon>
            <Text size="xs" className="num" miw={20} ta="center">{state.after && page === 1 ? "…" : page}</Text>
            <ActionIcon aria-label={t("table.next")} disabled={!following} onClick={() => following && forward(following)}><IconChevronRight size={17} /></ActionIcon>
          </Group>
        </Group>
      ) : null}
      {spec.bulk ? (
        <BulkBar chosen={names} actions={spec.bulk} clear={() => setChosen(new Map())} chooseAll={many && !everything ? chooseAll : null}
          matching={whole && first.data ? { count: first.data.items.length, more: Boolean(first.data.next) } : null}
          changed={() => queries.invalidateQueries({ queryKey: spec.queryKey })} />
      ) : null}
      {spec.peek ? <Over spec={spec} peek={spec.peek} id={opened} rows={rows} close={() => over("peek", null)} move={move} /> : null}
      {spec.create ? (
        <Peek opened={url.has("new")} title={spec.create.label} onClose={() => over("new", null)} modal size={spec.create.size}>{spec.create.render(() => over("new", null))}</Peek>
      ) : null}
    </div>
  );
}

function SearchField({ value, label, field, onChange }: { value: string; label: string; field: React.RefObject<HTMLInputElement | null>; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const send = useDebouncedCallback((next: string) => { sent.current = next; onChange(next); }, 250);
  // Back, a saved view or "clear" bring another text than the one that was typed.
  useEffect(() => {
    if (value !== sent.current) { sent.current = value; setText(value); }
  }, [value]);
  const put = (next: string) => { setText(next); send(next); };
  return (
    <TextInput
      ref={field} className="search" size="xs" type="search" aria-label={label} placeholder={label} value={text} leftSection={<IconSearch size={15} />}
      onChange={(event) => put(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Escape") { event.preventDefault(); event.currentTarget.blur(); } }}
      rightSection={text ? <CloseButton size="sm" aria-label={t("table.clearSearch")} onClick={() => put("")} /> : null}
    />
  );
}
