/** Hours of the day (UTC) with another multiplier. */
import { ActionIcon, Button, Chip, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { newWindow, type Window } from "./values";

type Props = { windows: Window[]; errors: Record<string, unknown>; onChange: (windows: Window[]) => void };
const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

export function Windows({ windows, errors, onChange }: Props) {
  const { t } = useTranslation("prices");
  const put = (index: number, part: Partial<Window>) => onChange(windows.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>{t("windows.title")}</Text>
      {windows.map((one, index) => (
        <Paper key={index} withBorder p="xs">
          <Group wrap="nowrap" align="flex-end" gap="xs">
            <TextInput type="time" label={t("windows.start")} value={one.start} error={errors[`windows.${index}.start`] as string} onChange={(event) => put(index, { start: event.currentTarget.value })} />
            <TextInput type="time" label={t("windows.end")} value={one.end} error={errors[`windows.${index}.end`] as string} onChange={(event) => put(index, { end: event.currentTarget.value })} />
            <TextInput label={t("windows.ratio")} inputMode="decimal" value={one.ratio} error={errors[`windows.${index}.ratio`] as string} onChange={(event) => put(index, { ratio: event.currentTarget.value.replace(",", ".").trim() })} />
            <ActionIcon aria-label={t("windows.remove")} onClick={() => onChange(windows.filter((_, at) => at !== index))}><IconX size={15} /></ActionIcon>
          </Group>
          <Chip.Group multiple value={one.days.map(String)} onChange={(days) => put(index, { days: days.map(Number).sort() })}>
            <Group gap={4} mt={6} role="group" aria-label={t("windows.days")}>{DAYS.map((day) => <Chip key={day} size="xs" value={String(day)}>{t(`days.${day}`)}</Chip>)}</Group>
          </Chip.Group>
        </Paper>
      ))}
      <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...windows, newWindow()])}>{t("windows.add")}</Button></Group>
    </Stack>
  );
}
