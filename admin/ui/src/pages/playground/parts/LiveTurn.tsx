/** An answer that is coming in: what there is of it, and how long it has taken. */
import { Button, Group, Loader, Text } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { durationText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { Blocks } from "./Blocks";

export function LiveTurn({ lane }: { lane: string }) {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const live = playground.useLive(lane);
  const blocks = live?.progress?.answer.blocks ?? [];
  return (
    <article className={styles.answer} aria-busy="true" data-testid="live">
      <Blocks blocks={blocks} growing />
      <Group gap={8} className={styles.facts}>
        <Loader size={12} />
        <Clock begun={live?.begun ?? 0} first={live?.progress?.timing.first} />
        <Button size="compact-xs" variant="default" leftSection={<IconPlayerStop size={12} />} onClick={() => playground.stop(lane)}>{t("stop")}</Button>
      </Group>
    </article>
  );
}

function Clock({ begun, first }: { begun: number; first: number | undefined }) {
  const { t } = useTranslation("playground");
  const locale = useLocale();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, []);
  const passed = durationText(Math.max(now - begun, 0) * 1000, locale);
  return (
    <Text size="xs" c="dimmed" className="num">
      {passed}
      {first === undefined ? "" : ` · ${t("facts.first")} ${durationText(first * 1000, locale)}`}
    </Text>
  );
}
