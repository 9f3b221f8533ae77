/** The groups under the chart, sorted and searched among those that came; from each to its requests. */
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconChartHistogram, IconFilter, IconListDetails } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useCan } from "~/api";
import { DataTable, type ListPage, type ListQuery, type RowAction } from "~/components";
import { useColumns } from "./columns";
import { keyOf, sorted, type Total } from "./measures";
import type { Asked } from "./useAsked";
import { groupsOf, KEY, MOST } from "./useTotals";

type Props = { asked: Asked; order: "cost" | "requests"; count: number; total: Total | undefined; named: (total: Total) => string };

export function Groups({ asked, order, count, total, named }: Props) {
  const { t } = useTranslation("analytics");
  const can = useCan();
  const go = useNavigate();
  const queries = useQueryClient();
  const { by, query, values, range, put } = asked;
  const columns = useColumns({ by, measure: asked.measure, total, everything: asked.everything, named });
  const before = useRef("");

  const load = async (page: ListQuery): Promise<ListPage<Total>> => {
    // The same question again is the person's wish for fresh numbers, of the chart and tiles too.
    const now = JSON.stringify([query, by, page]);
    if (before.current === now) await queries.invalidateQueries({ queryKey: KEY });
    before.current = now;
    const { items } = await queries.fetchQuery(groupsOf(query, by, order));
    const text = (page.q ?? "").toLocaleLowerCase();
    const found = sorted(items, page.sort ?? "").filter((one) => !text || named(one).toLocaleLowerCase().includes(text));
    const from = Number(page.cursor ?? 0);
    const next = from + page.limit;
    return { items: found.slice(from, next), next: next < found.length ? String(next) : null };
  };

  const actions = (row: Total): RowAction[] => {
    // What nothing was said of, a request without a channel or model, cannot be asked for.
    const value = keyOf(row);
    if (value === "" || value === "0") return [];
    const requests: RowAction = {
      key: "requests", label: t("requests"), icon: IconListDetails,
      run: () => go(`/usage?${new URLSearchParams({ ...values, ...(query.user ? { user: query.user } : {}), [by]: value, when: range })}`),
    };
    const only: RowAction = { key: "only", label: t("only"), icon: IconFilter, run: () => put({ [by]: value }) };
    return [...(can("logs.read") ? [requests] : []), ...(by === "end" ? [] : [only])];
  };

  return (
    <>
      <DataTable<Total>
        id={`analytics-${by}`}
        queryKey={["analytics-groups", by, query, order]}
        load={load}
        columns={columns}
        search={t("search")}
        defaultSort="-requests"
        rowId={keyOf}
        rowName={named}
        rowActions={actions}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconChartHistogram }}
      />
      {count >= MOST ? <Text size="xs" c="dimmed">{t("cut", { count: MOST })}</Text> : null}
    </>
  );
}
