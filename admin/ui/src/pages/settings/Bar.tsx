/** What is not saved yet: how much, what somebody else changed meanwhile, save and discard. */
import { Alert, Button, Group, Paper, Table, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { ProblemText } from "~/components";
import type { Draft } from "./useDraft";
import type { Words } from "./words";

export function Bar({ draft, words, show }: { draft: Draft; words: Words; show: (key: string) => void }) {
  const { t } = useTranslation("settings");
  const save = async () => {
    if (draft.count === 0 || draft.busy) return;
    const wrong = await draft.save();
    if (wrong) show(wrong);
  };
  useHotkeys([["mod+S", () => void save()]], [], true);
  const wrong = Object.keys(draft.errors)[0];
  if (draft.count === 0) return null;
  return (
    <Paper withBorder shadow="md" className="settings-bar" component="section" aria-label={t("bar.label")}>
      {draft.problem ? <div style={{ flex: "1 1 100%" }}><ProblemText error={draft.problem} /></div> : null}
      {draft.clash ? <Clash draft={draft} words={words} /> : null}
      <Text size="sm" fw={600} role="status">{t("bar.count", { count: draft.count })}</Text>
      <Group gap="xs">
        {wrong ? <Button variant="subtle" color="red" onClick={() => show(wrong)}>{t("bar.first")}</Button> : null}
        <Button variant="default" onClick={draft.discard}>{t("bar.discard")}</Button>
        <Button loading={draft.busy} onClick={() => void save()}>{t("bar.save")}</Button>
      </Group>
    </Paper>
  );
}

function Clash({ draft, words }: { draft: Draft; words: Words }) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" title={t("conflict.title")} role="alert" style={{ flex: "1 1 100%" }}>
      <Text size="sm">{t("conflict.text")}</Text>
      <Table className="wrap" my="xs">
        <Table.Thead><Table.Tr><Table.Th>{t("conflict.field")}</Table.Th><Table.Th>{t("conflict.theirs")}</Table.Th><Table.Th>{t("conflict.mine")}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {draft.clash?.map(({ setting, mine }) => (
            <Table.Tr key={setting.key}>
              <Table.Td>{words.label(setting)}</Table.Td>
              <Table.Td>{words.shown(setting, setting.value)}</Table.Td>
              <Table.Td>{words.shown(setting, setting.secret ? true : (mine ?? setting.default))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={draft.takeTheirs}>{t("conflict.take")}</Button>
        <Button size="compact-sm" loading={draft.busy} onClick={() => void draft.save()}>{t("conflict.keep")}</Button>
      </Group>
    </Alert>
  );
}
