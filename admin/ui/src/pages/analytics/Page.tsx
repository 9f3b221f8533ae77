/** Analytics: requests, tokens, cost, failures and times over a period, by whatever tells requests apart. */
import { Group, Loader, Select, Stack, Text } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ExportMenu, Page, ProblemText } from "~/components";
import { fetchCharts } from "~/components/charts";
import { Filters } from "~/components/table/Filters";
import { Chart } from "./Chart";
import { ENDS, OPERATIONS } from "./filters";
import { Groups } from "./Groups";
import type { Total } from "./measures";
import { Range } from "./Range";
import { Tiles } from "./Tiles";
import { useAsked } from "./useAsked";
import { useTotals } from "./useTotals";

fetchCharts("TimeChart");

export default function Analytics() {
  const { t } = useTranslation(["analytics", "usage"]);
  const [url] = useSearchParams();
  const asked = useAsked();
  const { by, query, filters, values, scope, scopes, measure, period, put } = asked;
  // Of more groups than there is room for, the largest by what the table is sorted by.
  const order = url.get("sort")?.endsWith("cost") ? "cost" : "requests";
  const { all, groups, over } = useTotals(asked, order);
  const total = all.data?.items[0];
  const problem = [all, groups, over].find((one) => one.isError && !one.data);

  const named = useCallback(
    (row: Total) => {
      const end = by === "end" && ENDS.find((one) => one === row.group);
      if (end) return t(`usage:ends.${end}`);
      const operation = by === "operation" && OPERATIONS.find((one) => one === row.group);
      if (operation) return t(`usage:operations.${operation}`);
      return row.group || (row.id ? t("removed", { id: row.id }) : t("none"));
    },
    [by, t],
  );

  return (
    <Page
      title={t("nav.page")} about={t(`about.${scope}`)}
      actions={(
        <>
          {scopes.length > 1 ? (
            <Select
              size="xs" w={160} aria-label={t("scope.label")} allowDeselect={false} value={scope} data={scopes.map((value) => ({ value, label: t(`scope.${value}`) }))}
              onChange={(value) => put({ scope: value === scopes[0] ? "" : (value ?? "") })}
            />
          ) : null}
          <Range range={asked.range} choose={(value) => put({ when: value })} />
          <ExportMenu label={t("export")} path="/api/v1/usage/totals" filters={[]} more={{ ...query, group_by: by, order_by: order, percentiles: "true" }} />
        </>
      )}
    >
      <Group gap="xs" className="tools">
        <Text span size="sm" c="dimmed" id="by-label">{t("by.label")}</Text>
        <Select
          size="xs" w={150} aria-labelledby="by-label" allowDeselect={false} value={by} data={asked.choices.map((value) => ({ value, label: t(`by.${value}`) }))}
          onChange={(value) => put({ by: value === "model" ? "" : (value ?? ""), sort: "", q: "" })}
        />
        <Filters filters={filters} values={values} onChange={(name, value) => put({ [name]: value })} />
      </Group>
      {problem ? <ProblemText error={problem.error} retry={() => void problem.refetch()} /> : null}
      {!problem && !(total && over.data && groups.data) ? <Group justify="center" py={80} aria-busy="true"><Loader /></Group> : null}
      {total && over.data && groups.data ? (
        <Stack gap="sm">
          {total.requests > 0 ? (
            <>
              <Tiles total={total} chosen={measure} choose={(value) => put({ chart: value === "requests" ? "" : value })} />
              <Chart
                over={over.data} groups={groups.data} period={period} measure={measure} everything={asked.everything} named={named}
                apart={asked.apart} onApart={(apart) => put({ split: apart ? "" : "no" })}
              />
            </>
          ) : null}
          <Groups asked={asked} order={order} count={groups.data.items.length} total={total} named={named} />
        </Stack>
      ) : null}
    </Page>
  );
}
