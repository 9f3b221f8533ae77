/** Where money came from and where it went, over a time: top-ups, codes, grants, refunds, purchases, and what requests cost. */
import { Button, Group, Loader, Paper, Popover, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import { IconArrowsExchange, IconCalendar, IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, useCan } from "~/api";
import { Empty, Money, Page, ProblemText } from "~/components";
import { TimeChart } from "~/components/charts";
import { saveText } from "~/lib/files";
import { useLocale } from "~/lib/hooks";
import { rangeOf } from "~/lib/listState";
import { inUsd, moneyText } from "~/lib/money";
import { ALL, csv, gained, IN, type Kind, OUT, used } from "./flow";

const RangeField = lazy(() => import("~/components/table/RangeField"));
const LAST = ["7d", "30d", "90d", "365d"] as const;
const USUAL = "30d";
const COLOURS: Record<Kind, string> = {
  topups: "green.5", redemptions: "teal.5", grants: "blue.5", corrections: "gray.5", other: "violet.5", consumed: "accent.5", purchases: "yellow.5", refunds: "red.5", provider_cost: "orange.5",
};

export default function MoneyFlow() {
  const { t } = useTranslation("money");
  const locale = useLocale();
  const everybody = useCan()("accounts.read", "all");
  const [url, setUrl] = useSearchParams();
  const range = url.get("range") || USUAL;
  const per = url.get("per") === "month" ? "month" : "day";
  const side = url.get("side") === "out" ? "out" : "in";
  const scope = everybody && url.get("scope") === "own" ? "own" : undefined;
  const put = (name: string, value: string, usual: string) =>
    setUrl((now) => { const made = new URLSearchParams(now); value === usual ? made.delete(name) : made.set(name, value); return made; }, { replace: true });
  const found = useQuery({
    queryKey: ["money", "flow", range, per, scope], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const { from, to } = rangeOf(range, Date.now());
      return ok(api.GET("/api/v1/money/flow", { params: { query: { since: from ?? undefined, until: to ?? undefined, per, scope } }, signal }));
    },
  });
  const data = found.data;
  const day = useMemo(() => new Intl.DateTimeFormat(locale, per === "month" ? { month: "short", year: "numeric", timeZone: "UTC" } : { month: "short", day: "numeric", timeZone: "UTC" }), [locale, per]);
  const shown = data ? used(data.items, ALL) : [];
  const drawn = shown.filter((name) => (side === "in" ? (IN as readonly string[]).includes(name) : (OUT as readonly string[]).includes(name) || name === "provider_cost"));
  return (
    <Page
      title={t("nav.flow")} about={t("about")}
      actions={
        <>
          {everybody ? <SegmentedControl size="xs" aria-label={t("scope")} value={scope ?? "all"} onChange={(value) => put("scope", value, "all")} data={(["all", "own"] as const).map((value) => ({ value, label: t(`scopes.${value}`) }))} /> : null}
          <SegmentedControl size="xs" aria-label={t("per")} value={per} onChange={(value) => put("per", value, "day")} data={(["day", "month"] as const).map((value) => ({ value, label: t(`pers.${value}`) }))} />
          <Range range={range} choose={(value) => put("range", value || USUAL, USUAL)} />
          <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} disabled={!data?.items.length} onClick={() => data && saveText("money-flow.csv", csv(data.items))}>{t("export")}</Button>
        </>
      }
    >
      {found.isError ? <ProblemText error={found.error} retry={() => void found.refetch()} /> : null}
      {!data && !found.isError ? <Loader aria-busy="true" /> : null}
      {data && data.items.length === 0 ? <Paper withBorder><Empty icon={IconArrowsExchange} title={t("empty.title")} text={t("empty.text")} /></Paper> : null}
      {data && data.items.length > 0 ? (
        <Stack gap="sm" aria-busy={found.isPlaceholderData || undefined}>
          <Paper withBorder p="md">
            <Group gap="xl" component="dl" my={0}>
              {([["came", gained(data.total)], ["consumed", data.total.consumed], ...(data.scope === "all" ? [["provider_cost", data.total.provider_cost], ["margin", data.total.consumed - data.total.provider_cost]] : []), ["refunds", data.total.refunds]] as ["came", number][]).map(([name, nano]) => (
                <div key={name}><Text component="dt" size="xs" c="dimmed">{t(`sums.${name}`)}</Text><Text component="dd" m={0} fz={20} fw={600}><Money nano={nano} /></Text></div>
              ))}
            </Group>
          </Paper>
          <Paper withBorder p="md">
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h3">{t(`sides.${side}`)}</Title>
              <SegmentedControl size="xs" aria-label={t("side")} value={side} onChange={(value) => put("side", value, "in")} data={(["in", "out"] as const).map((value) => ({ value, label: t(`sides.${value}`) }))} />
            </Group>
            {drawn.length > 0 ? (
              <Suspense fallback={<Loader aria-busy="true" />}>
                <TimeChart
                  label={t(`sides.${side}`)} kind="bar" stacked={side === "in"} rows={data.items.map((one) => ({ ...Object.fromEntries(drawn.map((name) => [name, Math.abs(one[name])])), at: day.format(new Date(one.at)) }))}
                  series={drawn.map((name) => ({ name, label: t(`kinds.${name}`), color: COLOURS[name] }))} format={(value) => moneyText(Math.round(value), locale)} more={inUsd(locale)}
                />
              </Suspense>
            ) : <Text size="sm" c="dimmed">{t(`nothing.${side}`)}</Text>}
          </Paper>
          <Table.ScrollContainer minWidth={Math.max(420, 130 + shown.length * 120)}>
            <Table aria-label={t("nav.flow")}>
              <Table.Thead><Table.Tr><Table.Th>{t(`pers.${per}`)}</Table.Th>{shown.map((name) => <Table.Th key={name} ta="right">{t(`kinds.${name}`)}</Table.Th>)}</Table.Tr></Table.Thead>
              <Table.Tbody>
                {data.items.toReversed().map((one) => (
                  <Table.Tr key={one.at}><Table.Th scope="row" fw={400}>{day.format(new Date(one.at))}</Table.Th>{shown.map((name) => <Table.Td key={name} ta="right"><Money nano={one[name] || null} /></Table.Td>)}</Table.Tr>
                ))}
              </Table.Tbody>
              <Table.Tfoot><Table.Tr><Table.Th>{t("total")}</Table.Th>{shown.map((name) => <Table.Th key={name} ta="right"><Money nano={data.total[name]} /></Table.Th>)}</Table.Tr></Table.Tfoot>
            </Table>
          </Table.ScrollContainer>
        </Stack>
      ) : null}
    </Page>
  );
}

function Range({ range, choose }: { range: string; choose: (range: string) => void }) {
  const { t } = useTranslation("money");
  const [opened, setOpened] = useState(false);
  const usual = (LAST as readonly string[]).includes(range);
  return (
    <Group gap={4} wrap="nowrap">
      <SegmentedControl size="xs" aria-label={t("range")} value={usual ? range : ""} onChange={choose} data={LAST.map((value) => ({ value, label: t(`ranges.${value}`) }))} />
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target><Button size="compact-sm" variant={usual ? "default" : "light"} aria-label={t("otherRange")} onClick={() => setOpened(!opened)}><IconCalendar size={15} /></Button></Popover.Target>
        <Popover.Dropdown><Suspense fallback={<Loader />}><RangeField label={t("range")} value={usual ? "" : range} onChange={(value) => { setOpened(false); choose(value); }} /></Suspense></Popover.Dropdown>
      </Popover>
    </Group>
  );
}
