/** The tools a model may call, and whether it has to. */
import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tool, ToolChoice } from "~/lib/protocols";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { changeSetup } from "../state/edits";
import { JsonField } from "./JsonField";

const EXAMPLE: Tool = {
  name: "get_weather",
  description: "The weather of a city today",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
/** What every vendor takes as a function's name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

type Props = { choice: ToolChoice | undefined; onChoice: (choice: ToolChoice | undefined) => void };

export function ToolFields({ choice, onChoice }: Props) {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { tools } = playground.useState().talk.setup;
  const [editing, setEditing] = useState<number | null>(null);
  const put = (next: Tool[]) => playground.change((talk) => changeSetup(talk, { tools: next }));
  const first = tools.length === 0 ? EXAMPLE : { ...EXAMPLE, name: `tool_${tools.length + 1}`, description: "" };
  return (
    <Stack gap={8}>
      {tools.map((tool, at) => (
        <Group key={tool.name} gap={4} wrap="nowrap" className={styles.tool}>
          <div><Text size="sm" ff="monospace">{tool.name}</Text><Text size="xs" c="dimmed" lineClamp={2}>{tool.description}</Text></div>
          <ActionIcon size="sm" ml="auto" aria-label={t("tools.edit", { name: tool.name })} onClick={() => setEditing(at)}><IconPencil size={15} /></ActionIcon>
          <ActionIcon size="sm" aria-label={t("tools.remove", { name: tool.name })} onClick={() => put(tools.toSpliced(at, 1))}><IconTrash size={15} /></ActionIcon>
        </Group>
      ))}
      {tools.length === 0 ? <Text size="xs" c="dimmed">{t("tools.none")}</Text> : null}
      <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEditing(tools.length)}>{t("tools.add")}</Button>
      {tools.length > 0 ? (
        <Select
          label={t("setting.toolChoice")} value={choice?.mode === "named" ? `named:${choice.name}` : (choice?.mode ?? "auto")} allowDeselect={false}
          data={[
            ...(["auto", "none", "required"] as const).map((value) => ({ value, label: t(`choice.${value}`) })),
            ...tools.map((tool) => ({ value: `named:${tool.name}`, label: t("choice.named", { name: tool.name }) })),
          ]}
          onChange={(value) => {
            if (value?.startsWith("named:")) onChoice({ mode: "named", name: value.slice("named:".length) });
            else onChoice(value === "auto" || value === null ? undefined : { mode: value as ToolChoice["mode"] });
          }}
        />
      ) : null}
      <Modal opened={editing !== null} onClose={() => setEditing(null)} title={t("tools.one")} closeButtonProps={{ "aria-label": t("close") }} size="lg">
        {editing === null ? null : (
          <ToolForm
            tool={tools[editing] ?? first} taken={tools.filter((_, at) => at !== editing).map((tool) => tool.name)}
            onSave={(tool) => {
              put(editing < tools.length ? tools.with(editing, tool) : [...tools, tool]);
              setEditing(null);
            }}
          />
        )}
      </Modal>
    </Stack>
  );
}

function ToolForm({ tool, taken, onSave }: { tool: Tool; taken: string[]; onSave: (tool: Tool) => void }) {
  const { t } = useTranslation("playground");
  const [draft, setDraft] = useState(tool);
  const wrong = !NAME.test(draft.name) ? t("tools.badName") : taken.includes(draft.name) ? t("tools.taken") : undefined;
  return (
    <Stack gap="sm">
      <TextInput label={t("tools.name")} value={draft.name} error={wrong} data-autofocus spellCheck={false} onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />
      <TextInput label={t("tools.description")} value={draft.description} onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })} />
      <JsonField label={t("tools.schema")} rows={8} value={draft.parameters} onChange={(parameters) => setDraft({ ...draft, parameters: parameters ?? { type: "object", properties: {} } })} />
      <Group justify="flex-end"><Button disabled={wrong !== undefined} onClick={() => onSave(draft)}>{t("save")}</Button></Group>
    </Stack>
  );
}
