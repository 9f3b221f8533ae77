/** Where a request was sent, in order, and where such a request would be sent now. */
import { Alert, Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schema } from "~/api";
import { Count, Duration, Said, Status, useOutcome } from "~/components";
import { useWords } from "../../routes/words";
import css from "../usage.module.css";

type Props = { attempts: Schema<"AttemptOut">[]; route: Schema<"RouteOut"> | null; row: Schema<"UsageOut"> };

export function Route({ attempts, route, row }: Props) {
  const { t } = useTranslation("usage");
  const words = useWords();
  const outcome = useOutcome();
  const channel = (id: number, name: string) => <Anchor component={Link} inherit to={`/channels?peek=${id}`}>{name || `#${id}`}</Anchor>;
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">{t("attempts")}</Title>
      {attempts.length === 0 ? <Text size="sm" c="dimmed">{t("noAttempts")}</Text> : null}
      <ol className={css.moments}>
        {attempts.map((one, at) => (
          <li key={at}>
            <Text size="sm" c="dimmed"><Duration us={one.milliseconds * 1000} /></Text>
            <Group gap="xs"><Text size="sm">{channel(one.channel_id, one.channel)}</Text><Status tone={one.outcome === "ok" ? "good" : "bad"} why={outcome(one.outcome) || undefined}>{one.outcome === "ok" ? t("answered") : one.outcome}</Status></Group>
          </li>
        ))}
      </ol>
      <Title order={3} size="h5">{t("now")}</Title>
      {route?.refused ? <Alert color="yellow" p="xs"><Said said={route.refused_said} /></Alert> : null}
      {route && !route.refused && route.candidates.length === 0 ? <Text size="sm" c="dimmed">{t("noCandidates")}</Text> : null}
      {route?.candidates.map((one, at) => (
        <div key={one.channel_id} className={css.candidate} data-used={one.channel_id === row.channel_id || undefined}>
          <Group gap="xs">
            <Text size="sm" fw={600}>{at + 1}. {channel(one.channel_id, one.channel)}</Text>
            {one.share > 0 ? <Status tone="accent"><Count value={Math.round(one.share * 100)} />%</Status> : null}
            {one.usable ? null : <Status tone="bad">{t("unusable")}</Status>}
          </Group>
          <Text size="xs" c="dimmed">{words.why(one, route)}</Text>
          {words.edits(one, route).map((edit) => <Text key={edit} size="xs" c="dimmed">· {edit}</Text>)}
        </div>
      ))}
      {route?.others.map((one) => (
        <div key={one.channel_id} className={css.candidate} data-off>
          <Text size="sm">{channel(one.channel_id, one.channel)}</Text>
          <Text size="xs" c="dimmed">{words.other(one)}</Text>
        </div>
      ))}
    </Stack>
  );
}
