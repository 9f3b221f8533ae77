/** How a channel does: its state and why, what was last seen of it, a week of its traffic, and what it is. */
import { Alert, Anchor, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { Copy, Count, Duration, Money, Said, When } from "~/components";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { StateCell } from "../parts/cells";
import { type Channel, stateOf } from "../parts/data";
import { Rank } from "../parts/Rank";
import { Facts } from "./Facts";

const Sparkline = lazy(() => import("~/components/charts/Sparkline"));
const WEEK = 7 * 86_400_000;
const HOUR = 3_600_000;

export function Overview({ channel, resting }: { channel: Channel; resting: ReadonlySet<number> }) {
  const { t } = useTranslation(["channels", "common"]);
  const seen = channel.state;
  const state = stateOf(channel, resting);
  const writes = useCan()("channels.write", "all");
  return (
    <Stack gap="md">
      <Group gap="xs" wrap="wrap">
        <StateCell row={channel} resting={resting} />
        {seen?.tested_at ? <Text size="sm" c="dimmed">{t(seen.test_ok === false ? "seen.failed" : "seen.good", { ms: seen.test_ms ?? 0 })} · <When at={seen.tested_at} /></Text> : <Text size="sm" c="dimmed">{t("seen.never")}</Text>}
      </Group>
      {state === "auto" || channel.off_reason ? <Alert color="red" title={t("offReason")}><Said said={channel.state.off_said} /> <When at={channel.off_at} /></Alert> : null}
      {state === "resting" ? <Alert color="red" title={t("states.resting")}>{t("restingWhy")}</Alert> : null}
      {seen?.test_error ? <Alert color="yellow" title={t("seen.error")}><span className="wrap"><Said said={seen.test_said} /></span></Alert> : null}
      <Traffic channel={channel} />
      <Facts
        rows={[
          [t("fields.provider"), channel.provider],
          [t("rank"), <Rank key="rank" channel={channel} writes={writes} />],
          [t("fields.groups"), channel.groups ? channel.groups.join(", ") : t("allGroups")],
          [t("fields.tag"), channel.tag],
          [t("secret"), channel.keys ? t("keysOf", { count: channel.keys, used: channel.keys_in_use }) : channel.secret_hint],
          [t("balance"), seen?.balance ? <>{seen.balance} {seen.balance_currency} · <When at={seen.balance_at} /></> : (seen?.balance_error ?? "")],
          [t("fields.watch_models"), t(`watches.${(channel.watch_models ?? "off") as "off"}`)],
          [t("fields.auto_disable"), t(channel.auto_disable ? "common:yes" : "common:no")],
          [t("fields.price_ratio"), channel.settings.price_ratio ? `× ${channel.settings.price_ratio}` : ""],
          [t("origin"), t(`origins.${channel.origin}`)],
          [t("created"), <When key="created" at={channel.created_at} />],
          [t("changed"), <When key="changed" at={channel.updated_at} />],
          ...(channel.remark ? [[t("fields.remark"), channel.remark] as [string, ReactNode]] : []),
        ]}
      />
      <Stack gap={4}>
        <Text size="xs" c="dimmed">{t("addresses")}</Text>
        {Object.entries(channel.protocols).map(([protocol, address]) => (
          <Group key={protocol} gap={6} wrap="nowrap">
            <Text size="sm" miw={84}>{t(`endpoints.${protocol as "chat"}`)}</Text>
            <Text size="xs" ff="monospace" className="wrap">{address}</Text>
            <Copy text={address} />
          </Group>
        ))}
      </Stack>
    </Stack>
  );
}

function Traffic({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const locale = useLocale();
  const can = useCan()("reports.read", "all");
  const week = useQuery({
    queryKey: ["channels", "traffic", channel.id],
    queryFn: async () => {
      const since = new Date(Math.floor(Date.now() / HOUR) * HOUR - WEEK).toISOString();
      const query = { group_by: "channel", per: "hour", channel: String(channel.id), since } as const;
      return ((await ok(api.GET("/api/v1/usage/totals", { params: { query } }))) as Schema<"UsageTotals">).items;
    },
    enabled: can,
    retry: false,
  });
  if (!week.data) return null;
  const sum = (pick: (row: Schema<"UsageTotals">["items"][number]) => number) => (week.data ?? []).reduce((all, row) => all + pick(row), 0);
  const requests = sum((row) => row.requests);
  const mean = requests ? sum((row) => row.requests * (row.mean_first_token_us ?? 0)) / requests : null;
  const tiles: [string, ReactNode][] = [
    [t("week.requests"), <Count key="r" value={requests} short />],
    [t("week.errors"), requests ? percentText(sum((row) => row.errors) / requests, locale) : "—"],
    [t("week.firstToken"), <Duration key="f" us={mean === null ? null : Math.round(mean)} />],
    [t("week.cost"), <Money key="c" nano={sum((row) => row.provider_cost)} />],
  ];
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" mb={6}>
        <Text size="xs" c="dimmed">{t("week.title")}</Text>
        <Anchor component={Link} size="xs" to={`/usage?channel=${encodeURIComponent(channel.name)}`}>{t("week.logs")}</Anchor>
      </Group>
      <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm">
        {tiles.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">{name}</Text>
            <Text fw={600} component="div">{value}</Text>
          </div>
        ))}
      </SimpleGrid>
      <Suspense><Sparkline values={week.data.map((row) => row.requests)} /></Suspense>
    </Paper>
  );
}
