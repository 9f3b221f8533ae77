/** Earlier conversations, which this browser keeps; out to a file, and in from one. */
import { Button, CloseButton, FileButton, Group, Text, UnstyledButton } from "@mantine/core";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Peek } from "~/components/Peek";
import { When } from "~/components/values";
import { saveText } from "~/lib/files";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { newId, newTalk } from "../state/edits";
import { readTalk } from "../state/reading";

export function Talks({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("playground");
  return <Peek opened={opened} title={t("talks.title")} onClose={onClose} size={380} modal><List onClose={onClose} /></Peek>;
}

function List({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { talk } = playground.useState();
  const [talks, setTalks] = useState(() => {
    playground.keep();
    return playground.shelf.list();
  });
  const [wrong, setWrong] = useState(false);
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      playground.open({ ...readTalk(JSON.parse(await file.text())), id: newId() });
      onClose();
    } catch {
      setWrong(true);
    }
  };
  const remove = (id: string) => {
    playground.shelf.remove(id);
    setTalks(playground.shelf.list());
    if (id === talk.id) playground.replace(newTalk(talk.lanes, talk.setup));
  };
  return (
    <>
      <Group gap={6} mb="sm">
        <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} onClick={() => saveText(`${talk.title || "conversation"}.json`, JSON.stringify(talk, null, 2))}>{t("talks.export")}</Button>
        <FileButton onChange={(file) => void read(file)} accept="application/json,.json">
          {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />}>{t("talks.import")}</Button>}
        </FileButton>
      </Group>
      {wrong ? <Text size="sm" c="red" role="alert">{t("talks.wrong")}</Text> : null}
      {talks.length === 0 ? <Text size="sm" c="dimmed">{t("talks.none")}</Text> : null}
      <ul className={styles.talks}>
        {talks.map((one) => (
          <li key={one.id} data-current={one.id === talk.id || undefined}>
            <UnstyledButton
              onClick={() => {
                const found = playground.shelf.load(one.id);
                if (found && found.id !== talk.id) playground.open(found);
                onClose();
              }}
            >
              <Text size="sm" truncate>{one.title || t("talks.untitled")}</Text>
              <Text size="xs" c="dimmed"><When at={new Date(one.changed).toISOString()} /></Text>
            </UnstyledButton>
            <CloseButton size="sm" aria-label={t("talks.remove", { title: one.title || t("talks.untitled") })} onClick={() => remove(one.id)} />
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" mt="sm">{t("talks.where")}</Text>
    </>
  );
}
