/** Other prices for long requests: from how many input tokens on, and which. */
import { ActionIcon, Button, Group, NumberInput, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { AmountInput } from "~/components";
import { COMPONENTS, newTier, type Tier } from "./values";

type Props = { tiers: Tier[]; errors: Record<string, unknown>; onChange: (tiers: Tier[]) => void };

export function Tiers({ tiers, errors, onChange }: Props) {
  const { t } = useTranslation("prices");
  const put = (index: number, part: Partial<Tier>) => onChange(tiers.map((tier, at) => (at === index ? { ...tier, ...part } : tier)));
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>{t("tiers.title")}</Text>
      {tiers.map((tier, index) => (
        <Paper key={index} withBorder p="xs">
          <Group justify="space-between" align="flex-end" wrap="nowrap" mb={6}>
            <NumberInput label={t("tiers.from")} min={1} allowDecimal={false} thousandSeparator=" " value={tier.above} error={errors[`tiers.${index}.above`] as string} onChange={(value) => put(index, { above: Number(value) || 0 })} />
            <ActionIcon aria-label={t("tiers.remove")} onClick={() => onChange(tiers.filter((_, at) => at !== index))}><IconX size={15} /></ActionIcon>
          </Group>
          <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="xs">
            {COMPONENTS.map((name) => <AmountInput key={name} label={t(`components.${name}`)} value={tier[name]} error={errors[`tiers.${index}.${name}`] as string} onChange={(amount) => put(index, { [name]: amount })} />)}
          </SimpleGrid>
        </Paper>
      ))}
      <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...tiers, newTier()])}>{t("tiers.add")}</Button></Group>
    </Stack>
  );
}
