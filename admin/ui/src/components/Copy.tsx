/** A button that copies a text, and says that it did. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export function Copy({ text, label, size = "sm" }: { text: string; label?: string; size?: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 1500 });
  const shown = clipboard.copied ? t("copied") : (label ?? t("copy"));
  return (
    <Tooltip label={shown}>
      <ActionIcon size={size} aria-label={shown} onClick={(event) => { event.stopPropagation(); clipboard.copy(text); }}>
        {clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
      </ActionIcon>
    </Tooltip>
  );
}
