/** The first page: what the gateway did in a period, against the one before, and what needs a look. */
import { Button, Group, Loader, Popover, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type Reach, useCan } from "~/api";
import Start from "~/app/Start";
import { LiveButton, Page, ProblemText } from "~/components";
import { fetchCharts } from "~/components/charts";
import { numberText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { rangeOf } from "~/lib/listState";
import { Begin } from "./Begin";
import { Chart } from "./Chart";
import { filled, MEASURES, type Measure } from "./measures";
import { Balance, HealthPanel, News } from "./Side";
import { Tiles } from "./Tiles";
import { type Order, Tops } from "./Tops";
import { useLive } from "./useLive";

const RangeField = lazy(() => import("~/components/table/RangeField"));
const LAST = ["24h", "7d", "30d", "90d"] as const;
const SCOPES: Reach[] = ["all", "organisation", "own"];
const KEY = ["dashboard"];
const momentText = (at: string, locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

fetchCharts("TimeChart", "Sparkline", "BarList");

export default function Dashboard() {
  // Whoever has no reports begins at the first page that they have.
  return useCan()("reports.read") ? <Overview /> : <Start />;
}

function Overview() {
  const { t } = useTranslation("dashboard");
  const locale = useLocale();
  const can = useCan();
  const queries = useQueryClient();
  const [url, setUrl] = useSearchParams();
  const [live, setLive] = useState(true);
  const put = (name: string, value: string, usual: string) =>
    setUrl((now) => {
      const made = new URLSearchParams(now);
      if (value === usual) made.delete(name);
      else made.set(name, value);
      return made;
    }, { replace: true, preventScrollReset: true });
  const range = url.get("range") || "24h";
  const order: Order = url.get("order") === "requests" ? "requests" : "cost";
  const measure = MEASURES.find((one) => one === url.get("measure")) ?? "requests";
  const scopes = SCOPES.filter((one) => can("reports.read", one));
  const scope = scopes.find((one) => one === url.get("scope")) ?? scopes[0];
  const found = useQuery({
    queryKey: [...KEY, range, scope, order],
    queryFn: ({ signal }) => {
      const { from, to } = rangeOf(range, Date.now());
      return ok(api.GET("/api/v1/dashboard", { params: { query: { since: from ?? undefined, until: to ?? undefined, scope, order } }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: live ? 60_000 : false,
  });
  const news = useLive(live, () => void queries.invalidateQueries({ queryKey: KEY }));
  const data = found.data;
  const rows = useMemo(() => (data ? filled(data.series, data.since, data.until, data.per) : []), [data]);
  const empty = data && data.now.requests === 0 && data.before.requests === 0;

  return (
    <Page
      title={t("nav.page")}
      about={data ? t("period", { from: momentText(data.since, locale), until: momentText(data.until, locale) }) : undefined}
      actions={(
        <>
          {scopes.length > 1 ? (
            <Select w={170} aria-label={t("scope.label")} allowDeselect={false} value={scope} data={scopes.map((value) => ({ value, label: t(`scope.${value}`) }))} onChange={(value) => put("scope", value ?? "", scopes[0] ?? "")} />
          ) : null}
          <Range range={range} choose={(value) => put("range", value || "24h", "24h")} />
          <LiveButton live={live} onChange={setLive} />
        </>
      )}
    >
      {found.isError && !data ? <ProblemText error={found.error} retry={() => void found.refetch()} /> : null}
      {found.isPending ? <Group justify="center" py={80} aria-busy="true"><Loader /></Group> : null}
      {data ? (
        <Stack gap="sm">
          {news.state ? (
            <div className="live" data-testid="live">
              <span><span className="dot" aria-hidden />{t("live.now")}</span>
              <span>{t("live.open")} <b>{numberText(news.state.open_requests ?? 0, locale)}</b></span>
              <span>{t("live.streams")} <b>{numberText(news.state.open_streams ?? 0, locale)}</b></span>
              <span>{t("live.rate")} <b>{numberText(news.state.requests_per_s ?? 0, locale, 1)}</b></span>
              <span>{t("live.failures")} <b>{numberText(news.state.failures_per_s ?? 0, locale, 1)}</b></span>
            </div>
          ) : null}
          {empty ? <Begin channels={data.health?.channels} /> : null}
          <div className="dash">
            <Stack gap="sm" miw={0}>
              {empty ? null : (
                <>
                  <Tiles now={data.now} before={data.before} rows={rows} chosen={measure} choose={(value: Measure) => put("measure", value, "requests")} />
                  <Chart rows={rows} per={data.per} measure={measure} scope={data.scope} />
                  <Group justify="space-between" gap="xs">
                    <Text size="sm" c="dimmed">{t("tops.about")}</Text>
                    <SegmentedControl size="xs" aria-label={t("tops.order")} value={order} onChange={(value) => put("order", value, "cost")} data={[{ value: "cost", label: t("measure.cost") }, { value: "requests", label: t("measure.requests") }]} />
                  </Group>
                  <Tops found={data} order={order} />
                </>
              )}
            </Stack>
            <Stack gap="sm" miw={0}>
              {data.balance ? <Balance money={data.balance} /> : null}
              {data.health ? <HealthPanel health={data.health} resting={news.resting.length} /> : null}
              <News />
            </Stack>
          </div>
        </Stack>
      ) : null}
    </Page>
  );
}

function Range({ range, choose }: { range: string; choose: (range: string) => void }) {
  const { t } = useTranslation("dashboard");
  const [opened, setOpened] = useState(false);
  const usual = (LAST as readonly string[]).includes(range);
  return (
    <Group gap={4} wrap="nowrap">
      <SegmentedControl size="xs" aria-label={t("range.label")} value={usual ? range : ""} onChange={choose} data={LAST.map((value) => ({ value, label: t(`range.${value}`) }))} />
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button size="compact-sm" variant={usual ? "default" : "light"} aria-label={t("range.other")} onClick={() => setOpened(!opened)}><IconCalendar size={15} /></Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Suspense fallback={<Loader />}>
            <RangeField label={t("range.label")} value={usual ? "" : range} onChange={(value) => { setOpened(false); choose(value); }} />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}
