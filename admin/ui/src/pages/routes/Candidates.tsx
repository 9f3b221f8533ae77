/** The channels for a request in the order in which they are tried, what each would do with it, and who is left out. */
import { Anchor, Badge, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Schema, useCan } from "~/api";
import { Status, type Tone } from "~/components";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { Rank } from "../channels/parts/Rank";
import { useResting } from "../channels/parts/useResting";
import { useWords } from "./words";

type Candidate = Schema<"Candidate">;
const KINDS: Record<Candidate["kind"], Tone> = { "": "idle", passthrough: "good", convert: "info", estimate: "warn" };

export function Candidates({ route }: { route: Schema<"RouteOut"> }) {
  // What is changed in place is said in the words of the channels.
  const { t } = useTranslation(["routes", "channels"]);
  const resting = useResting();
  const words = useWords();
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">{t("order", { count: route.candidates.length })}</Title>
      {route.candidates.length === 0 ? <Text size="sm" role="status">{t("nobody")}</Text> : null}
      <Stack gap="xs" component="ol" className="cards">
        {route.candidates.map((one, index) => <One key={`${one.channel_id}-${one.group}`} candidate={one} route={route} place={index + 1} resting={resting.has(one.channel_id)} />)}
      </Stack>
      {route.others.length ? <Title order={2} size="h4" mt="sm">{t("others")}</Title> : null}
      {route.others.map((one) => (
        <Group key={one.channel_id} gap="xs" align="baseline">
          <Anchor component={Link} to={`/channels?peek=${one.channel_id}`} size="sm">{one.channel}</Anchor>
          <Text size="sm" c="dimmed" className="wrap">{words.other(one)}</Text>
        </Group>
      ))}
    </Stack>
  );
}

function One({ candidate, route, place, resting }: { candidate: Candidate; route: Schema<"RouteOut">; place: number; resting: boolean }) {
  const { t } = useTranslation(["routes", "channels"]);
  const words = useWords();
  const locale = useLocale();
  const writes = useCan()("channels.write", "all");
  const { share } = candidate;
  return (
    <Paper component="li" withBorder p="sm" data-testid="candidate">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Badge color="gray" className="num">{place}</Badge>
          <Anchor component={Link} to={`/channels?peek=${candidate.channel_id}`} fw={600}>{candidate.channel}</Anchor>
          <Text size="xs" c="dimmed">{candidate.provider}</Text>
        </Group>
        <Group gap="xs">
          {resting ? <Status tone="bad" why={t("channels:restingWhy")}>{t("channels:states.resting")}</Status> : null}
          {candidate.usable ? <Status tone={KINDS[candidate.kind]}>{t(`kinds.${candidate.kind || "passthrough"}`)}</Status> : <Status tone="bad">{t("unusable")}</Status>}
          <Text size="sm" fw={600} className="num">{candidate.usable ? percentText(share, locale) : "—"}</Text>
        </Group>
      </Group>
      <Progress value={candidate.usable ? share * 100 : 0} size="xs" my={6} aria-label={t("share", { name: candidate.channel })} />
      <Text size="sm" className="wrap">{words.why(candidate, route)}</Text>
      <Group gap="md" mt={4} style={{ rowGap: 2 }}>
        <Fact name={t("rank")} value={<Rank channel={{ id: candidate.channel_id, name: candidate.channel, priority: candidate.priority, weight: candidate.weight }} writes={writes} />} />
        <Fact name={t("upstream")} value={candidate.upstream_model} />
        {candidate.matched === candidate.upstream_model ? null : <Fact name={t("matched")} value={candidate.matched} />}
        {candidate.group ? <Fact name={t("group")} value={candidate.group} /> : null}
      </Group>
      {candidate.url ? <Text size="xs" ff="monospace" c="dimmed" className="wrap" mt={4}>{candidate.url}</Text> : null}
      {candidate.usable ? <Text size="xs" c="dimmed" className="wrap" mt={2}>{words.edits(candidate, route).join(" · ")}</Text> : null}
    </Paper>
  );
}

const Fact = ({ name, value }: { name: string; value: ReactNode }) => (
  <Text size="xs" component="div"><Text span inherit c="dimmed">{name} </Text>{value || "—"}</Text>
);
