/** The page's title and what can be done with the whole conversation. */
import { ActionIcon, Button, Group, Title, Tooltip } from "@mantine/core";
import { IconAdjustments, IconCode, IconLink, IconMessages, IconPlus, IconSquarePlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClipboard } from "@mantine/hooks";
import { CONSOLE } from "~/api";
import { done } from "~/components/toast";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { addLane, newTalk } from "../state/edits";
import { writeLink } from "../state/link";
import { MAX_LANES } from "../state/types";
import { CopyAs } from "./CopyAs";
import { Presets } from "./Presets";
import { Talks } from "./Talks";

export function Bar({ setupShown, onSetup }: { setupShown: boolean; onSetup: () => void }) {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { talk } = playground.useState();
  const clipboard = useClipboard();
  const [open, setOpen] = useState<"talks" | "code" | null>(null);
  const last = talk.lanes.at(-1);
  const share = () => {
    clipboard.copy(new URL(`playground?${writeLink(talk)}`, CONSOLE).href);
    done(t("link.copied"));
  };
  const icon = (label: string, Icon: typeof IconLink, onClick: () => void, pressed?: boolean) => (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick} aria-pressed={pressed} variant={pressed ? "light" : "subtle"}><Icon size={18} stroke={1.7} /></ActionIcon>
    </Tooltip>
  );
  return (
    <Group className={styles.bar} gap={4} wrap="nowrap">
      <Title order={1} tabIndex={-1} id="page-title" className={styles.title} title={talk.title || undefined}>{t("title")}</Title>
      <Group gap={2} ml="auto" wrap="nowrap">
        <Button
          size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={talk.lanes.length >= MAX_LANES}
          onClick={() => playground.change((now) => addLane(now, last?.model ?? "", last?.protocol ?? "chat"))}
          className={styles.compare} aria-label={t("lane.add")}
        >
          {t("lane.add")}
        </Button>
        {icon(t("talks.new"), IconSquarePlus, () => playground.open(newTalk(talk.lanes, talk.setup)))}
        {icon(t("talks.title"), IconMessages, () => setOpen("talks"))}
        <Presets />
        {icon(t("link.copy"), IconLink, share)}
        {icon(t("code.title"), IconCode, () => setOpen("code"))}
        {icon(t("setup.title"), IconAdjustments, onSetup, setupShown)}
      </Group>
      <Talks opened={open === "talks"} onClose={() => setOpen(null)} />
      <CopyAs opened={open === "code"} onClose={() => setOpen(null)} />
    </Group>
  );
}
