/** Budgets of a team: one for each period. */
import { ActionIcon, Button, Group, Progress, Select, Stack, Text, Tooltip } from "@mantine/core";
import { IconRestore, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema, useCan } from "~/api";
import { AmountInput, confirm, InUsd } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { useAct } from "./act";

type Budget = Schema<"BudgetOut">;
const PERIODS = ["day", "week", "month", "total"] as const;
/** Percentages at which somebody is told. */
const ALERTS = [80, 100];

export function Budgets({ team, budgets }: { team: Schema<"TeamOut">; budgets: Budget[] }) {
  const { t } = useTranslation("teams");
  const write = useCan()("budgets.write", "organisation");
  const act = useAct(["teams", "budgets", team.id]);
  const free = PERIODS.filter((period) => !budgets.some((one) => one.period === period));
  const remove = async (one: Budget) => {
    if (!(await confirm({ title: t("dropBudget"), text: t("dropBudgetText"), action: t("remove"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/budgets/{budget}", { params: { path: { budget: one.id } } }), t("budgetGone"));
  };
  return (
    <Stack gap="sm">
      {budgets.length === 0 ? <Text size="sm" c="dimmed">{t("noBudgets")}</Text> : null}
      {budgets.map((one) => (
        <Group key={one.id} gap="xs" wrap="nowrap">
          <Spent budget={one} />
          {write ? <Tooltip label={t("reset")}><ActionIcon aria-label={t("resetOf", { period: t(`periods.${one.period}`) })} onClick={() => void act(() => api.POST("/api/v1/budgets/{budget}/reset", { params: { path: { budget: one.id }, header: idempotent(crypto.randomUUID()) } }), t("resetDone"))}><IconRestore size={16} /></ActionIcon></Tooltip> : null}
          {write ? <ActionIcon aria-label={t("dropBudgetOf", { period: t(`periods.${one.period}`) })} onClick={() => void remove(one)}><IconTrash size={16} /></ActionIcon> : null}
        </Group>
      ))}
      {write && free[0] ? <Fresh key={free.join()} periods={[...free]} make={(period, amount) => act(() => ok(api.POST("/api/v1/budgets", { body: { scope: "team", owner: String(team.id), period, amount, alerts: ALERTS } })), t("budgetMade"))} /> : null}
    </Stack>
  );
}

function Spent({ budget }: { budget: Budget }) {
  const { t } = useTranslation("teams");
  const locale = useLocale();
  const [spent, amount] = [nanoOf(budget.spent) ?? 0n, nanoOf(budget.amount) ?? 1n];
  const share = Math.min(100, Number((spent * 1000n) / (amount || 1n)) / 10);
  const text = t("spentOf", { spent: moneyText(spent, locale), amount: moneyText(amount, locale) });
  return (
    <div style={{ flex: 1, minWidth: 0 }}>
      <Group justify="space-between" gap="xs"><Text size="sm">{t(`periods.${budget.period}`)}</Text><Text size="sm" className="num"><InUsd of={[spent, amount]}>{text}</InUsd></Text></Group>
      <Progress.Root size="sm"><Progress.Section value={share} color={share >= 100 ? "red" : share >= 80 ? "yellow" : undefined} aria-label={text} /></Progress.Root>
    </div>
  );
}

function Fresh({ periods, make }: { periods: Budget["period"][]; make: (period: Budget["period"], amount: string) => Promise<boolean> }) {
  const { t } = useTranslation("teams");
  const [period, setPeriod] = useState<Budget["period"]>(periods.includes("month") ? "month" : (periods[0] ?? "total"));
  const [amount, setAmount] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); void make(period, amount); }}>
      <Group gap="xs" align="flex-end">
        <Select label={t("period")} w={150} allowDeselect={false} value={period} data={periods.map((value) => ({ value, label: t(`periods.${value}`) }))} onChange={(value) => setPeriod((value ?? period) as Budget["period"])} />
        <AmountInput label={t("amount")} flex={1} miw={110} value={amount} onChange={setAmount} />
        <Button type="submit" variant="default" disabled={!amount || nanoOf(amount) === null}>{t("addBudget")}</Button>
      </Group>
    </form>
  );
}
