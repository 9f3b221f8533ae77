/** Beside the chart: the balance, the health of the channels, what is announced. */
import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema } from "~/api";
import { routes } from "~/app/areas";
import { Money, Said, Status, type Tone, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { Panel } from "./Panel";

const Markdown = lazy(() => import("~/components/markdown/Markdown").then((found) => ({ default: found.Markdown })));
const has = (path: string) => routes.some((route) => route.path === path);

export function Balance({ money }: { money: Schema<"Money"> }) {
  const { t } = useTranslation("dashboard");
  const left = nanoOf(money.available) ?? 0n;
  return (
    <Panel title={t("balance.title")} side={has("wallet") ? <Anchor component={Link} to="/wallet" size="sm">{t("balance.more")}</Anchor> : null}>
      <span className="tile-value"><Money nano={left} /></span>
      <Text size="xs" c="dimmed">
        {money.limited ? t("balance.limited") : t("balance.unlimited")} {t("balance.held")} <Money nano={nanoOf(money.held) ?? 0n} />
      </Text>
    </Panel>
  );
}

export function HealthPanel({ health, resting }: { health: Schema<"Health">; resting: number }) {
  const { t } = useTranslation("dashboard");
  const well = health.off_by_failures === 0 && resting === 0 && health.failing.length === 0;
  return (
    <Panel title={t("health.title")} side={<Status tone={well ? "good" : health.enabled === 0 ? "bad" : "warn"}>{t(well ? "health.good" : "health.look")}</Status>}>
      <Stack gap={4}>
        <Fact label={t("health.enabled")} value={`${health.enabled} / ${health.channels}`} />
        <Fact label={t("health.off")} value={health.off_by_failures} to={health.off_by_failures && has("channels") ? "/channels?off_by=failures" : undefined} />
        <Fact label={t("health.resting")} value={resting} />
      </Stack>
      {health.failing.length > 0 ? (
        <Stack gap={6} mt="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
          {health.failing.slice(0, 5).map((one) => (
            <li key={one.id}>
              <Group gap={6} justify="space-between" wrap="nowrap">
                <Anchor component={Link} to={`/channels?peek=${one.id}`} size="sm" className="cut">{one.name}</Anchor>
                <Text span size="xs" c="dimmed" className="num"><When at={one.since} /></Text>
              </Group>
              <Text size="xs" c="dimmed" lineClamp={2} className="wrap"><Said said={one.reason_said} /></Text>
            </li>
          ))}
        </Stack>
      ) : null}
    </Panel>
  );
}

function Fact({ label, value, to }: { label: string; value: string | number; to?: string }) {
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Text size="sm" c="dimmed">{label}</Text>
      {to ? <Anchor component={Link} to={to} size="sm" className="num">{value}</Anchor> : <Text size="sm" className="num">{value}</Text>}
    </Group>
  );
}

const TONES: Record<string, Tone> = { info: "info", success: "good", warning: "warn", critical: "bad" };

export function News() {
  const { t } = useTranslation("dashboard");
  const { data } = useQuery({ queryKey: ["announcements", "shown"], queryFn: ({ signal }) => ok(api.GET("/api/v1/announcements", { signal })) });
  if (!data?.items.length) return null;
  return (
    <Panel title={t("news.title")}>
      <Stack gap="sm">
        {data.items.slice(0, 8).map((one) => (
          <div key={one.id}>
            <Group gap={6} wrap="nowrap">
              <Text size="sm" fw={500} className="wrap" flex={1}>{one.title}</Text>
              {one.kind === "faq" ? <Badge color="gray">{t("news.faq")}</Badge> : <Status tone={TONES[one.level] ?? "info"}>{t(`news.${one.kind}`)}</Status>}
            </Group>
            {one.body ? <Suspense><Markdown small text={one.body} /></Suspense> : null}
            {one.link ? <Anchor href={one.link} size="xs" className="wrap">{one.link}</Anchor> : null}
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
