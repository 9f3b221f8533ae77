/** A field for names with a value each, such as currencies and their rates: a line for each. */
import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Pair = [key: string, value: string];
type Props = { id: string; label: string; value: Record<string, string>; disabled: boolean; onChange: (value: Record<string, string>) => void };

export function Pairs({ id, label, value, disabled, onChange }: Props) {
  const { t } = useTranslation("settings");
  const [pairs, setPairs] = useState<Pair[]>(() => Object.entries(value));
  const put = (next: Pair[]) => {
    setPairs(next);
    onChange(Object.fromEntries(next.filter(([key]) => key !== "")));
  };
  const change = (at: number, pair: Pair) => put(pairs.map((one, place) => (place === at ? pair : one)));
  return (
    <Stack gap="xs" id={id} role="group" aria-label={label}>
      {pairs.map(([key, one], at) => (
        <Group key={at} gap="xs" wrap="nowrap">
          <TextInput flex={1} aria-label={t("pairs.key")} value={key} disabled={disabled} onChange={(event) => change(at, [event.currentTarget.value.trim(), one])} />
          <TextInput flex={1} aria-label={t("pairs.value")} value={one} disabled={disabled} onChange={(event) => change(at, [key, event.currentTarget.value.trim()])} />
          <ActionIcon aria-label={t("pairs.drop")} disabled={disabled} onClick={() => put(pairs.filter((_, place) => place !== at))}><IconTrash size={16} /></ActionIcon>
        </Group>
      ))}
      <Button size="compact-sm" variant="default" w="fit-content" leftSection={<IconPlus size={14} />} disabled={disabled} onClick={() => setPairs([...pairs, ["", ""]])}>{t("pairs.add")}</Button>
    </Stack>
  );
}
