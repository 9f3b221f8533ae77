/** Budgets and rate limits of a key: a line for each. */
import { ActionIcon, Button, Fieldset, Group, NumberInput, Select, Stack } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AmountInput } from "~/components";
import { type Budget, type Limit, METRICS, PERIODS, WINDOWS } from "../shape";

type Lines<T> = { value: T[]; onChange: (value: T[]) => void; error?: ReactNode };

export function Budgets({ value, onChange, error }: Lines<Budget>) {
  const { t } = useTranslation("keys");
  const free = PERIODS.filter((period) => !value.some((one) => one.period === period));
  const put = (at: number, part: Partial<Budget>) => onChange(value.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <Fieldset legend={t("budgets")}>
      <Stack gap="xs">
        {value.map((one, at) => (
          <Group key={one.period} gap="xs" wrap="nowrap">
            <Select aria-label={t("period")} w={130} allowDeselect={false} value={one.period} data={PERIODS.filter((period) => period === one.period || free.includes(period)).map((period) => ({ value: period, label: t(`periods.${period}`) }))} onChange={(period) => put(at, { period: (period ?? "month") as Budget["period"] })} />
            <AmountInput aria-label={t("amount")} flex={1} value={String(one.amount)} onChange={(amount) => put(at, { amount })} />
            <ActionIcon aria-label={t("dropLine")} onClick={() => onChange(value.filter((_, place) => place !== at))}><IconTrash size={16} /></ActionIcon>
          </Group>
        ))}
        {error}
        {free[0] ? <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...value, { period: free.includes("month") ? "month" : (free[0] ?? "total"), amount: "10", alerts: [80, 100] }])}>{t("addBudget")}</Button> : null}
      </Stack>
    </Fieldset>
  );
}

export function Limits({ value, onChange, error }: Lines<Limit>) {
  const { t } = useTranslation("keys");
  const put = (at: number, part: Partial<Limit>) => onChange(value.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <Fieldset legend={t("limits")}>
      <Stack gap="xs">
        {value.map((one, at) => (
          <Group key={at} gap="xs" wrap="nowrap">
            <Select aria-label={t("metric")} w={130} allowDeselect={false} value={one.metric} data={METRICS.map((metric) => ({ value: metric, label: t(`metrics.${metric}`) }))} onChange={(metric) => put(at, { metric: (metric ?? "requests") as Limit["metric"], window: metric === "concurrent" ? null : (one.window ?? "minute") })} />
            <NumberInput aria-label={t("amount")} flex={1} min={1} allowDecimal={false} value={one.amount} onChange={(amount) => put(at, { amount: Number(amount) || 1 })} />
            {one.metric === "concurrent" ? null : (
              <Select aria-label={t("window")} w={110} allowDeselect={false} value={one.window ?? "minute"} data={WINDOWS.map((window) => ({ value: window, label: t(`windows.${window}`) }))} onChange={(window) => put(at, { window: (window ?? "minute") as Limit["window"] })} />
            )}
            <ActionIcon aria-label={t("dropLine")} onClick={() => onChange(value.filter((_, place) => place !== at))}><IconTrash size={16} /></ActionIcon>
          </Group>
        ))}
        {error}
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...value, { metric: "requests", window: "minute", amount: 60 }])}>{t("addLimit")}</Button>
      </Stack>
    </Fieldset>
  );
}
