/** Names with an amount each: sizes of images, calls of tools. */
import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { AmountInput } from "~/components";
import type { Pair } from "./values";

type Props = { title: string; about: string; name: string; pairs: Pair[]; onChange: (pairs: Pair[]) => void };

export function Pairs({ title, about, name, pairs, onChange }: Props) {
  const { t } = useTranslation("prices");
  const put = (index: number, part: Partial<Pair>) => onChange(pairs.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>{title}</Text>
      <Text size="xs" c="dimmed">{about}</Text>
      {pairs.map((one, index) => (
        <Group key={index} gap={6} wrap="nowrap">
          <TextInput flex={1} aria-label={name} placeholder={name} value={one.name} onChange={(event) => put(index, { name: event.currentTarget.value })} />
          <AmountInput flex={1} aria-label={t("amount")} value={one.amount} onChange={(amount) => put(index, { amount })} />
          <ActionIcon aria-label={t("removeRow", { name: one.name })} onClick={() => onChange(pairs.filter((_, at) => at !== index))}><IconX size={15} /></ActionIcon>
        </Group>
      ))}
      <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...pairs, { name: "", amount: "" }])}>{t("addRow")}</Button></Group>
    </Stack>
  );
}
