/** One subscription: its period and terms, what its owner decides, and what an operator can do about it. */
import { Button, Group, Loader, Progress, Select, Stack, Switch, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema, useCan } from "~/api";
import { confirm, done, failed, Money, ProblemText, Status, useAsk, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { usePaidBy } from "./usePaidBy";
import { usePlanNames } from "./usePlanNames";

const USES = ["first", "after_wallet"] as const;

export function One({ id, refresh, may }: { id: number; refresh: () => Promise<unknown>; may: boolean }) {
  const { t } = useTranslation("plans");
  const locale = useLocale();
  const queries = useQueryClient();
  const changes = useCan()("subscriptions.write");
  const { ask, host } = useAsk();
  const paidBy = usePaidBy();
  const [busy, setBusy] = useState(false);
  const path = { path: { subscription: id } };
  const key = ["subscriptions", "one", id];
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => ok(api.GET("/api/v1/subscriptions/{subscription}", { params: path, signal })) });
  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      done(await work());
    } catch (error) {
      failed(error);
    } finally {
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: key })]);
      setBusy(false);
    }
  };
  const put = (body: Schema<"SubscriptionPatch">) => run(async () => { await ok(api.PATCH("/api/v1/subscriptions/{subscription}", { params: path, body })); return t("saved"); });
  const refill = async () => {
    if (!(await confirm({ title: t("refill.title"), text: t("refill.text"), action: t("refill.action") }))) return;
    await run(async () => t("refill.done", { amount: moneyText(nanoOf((await ok(api.POST("/api/v1/subscriptions/{subscription}/reset", { params: path }))).added) ?? 0n, locale) }));
  };
  const change = async (now: string) => {
    const plan = await ask<string>({ title: t("change.title"), body: (answer) => <Change now={now} answer={answer} /> });
    if (plan) await run(async () => { await ok(api.POST("/api/v1/subscriptions/{subscription}/plan", { params: { ...path, header: idempotent(crypto.randomUUID()) }, body: { plan } })); return t("change.done"); });
  };
  const end = async () => {
    const reason = await ask<string>({ title: t("end.title"), body: (answer) => <End answer={answer} /> });
    if (reason !== null) await run(async () => { await ok(api.POST("/api/v1/subscriptions/{subscription}/end", { params: path, body: { reason } })); return t("end.done"); });
  };
  if (found.isError) return <ProblemText error={found.error} />;
  if (!found.data) return <Loader />;
  const one = found.data;
  const active = one.state === "active";
  const quota = nanoOf(one.period?.quota ?? "0") ?? 0n;
  const spent = nanoOf(one.period?.spent ?? "0") ?? 0n;
  const facts: [string, ReactNode][] = [
    [t("state"), <Status key="state" tone={active ? "good" : "idle"}>{t(`subscriptionStates.${one.state}`)}</Status>],
    ...(one.ended_because ? [[t("endedBecause"), t(`because.${one.ended_because}` as "because.expired")] as [string, ReactNode]] : []),
    [t("plan"), one.plan], [t("nextPlan"), one.next_plan ?? "—"], [t("scope"), t(`scopes.${one.scope}`)], [t("price"), <Money key="price" nano={nanoOf(one.price)} />],
    [t("paidBy"), paidBy(one.pay_by)], [t("group"), one.group || "—"],
    [t("began"), <When key="began" at={one.created_at} absolute />], [t("paidUntil"), <When key="until" at={one.paid_until} absolute />],
  ];
  return (
    <Stack gap="sm">
      <dl className="card-lines">{facts.map(([label, value]) => <div key={label}><Text component="dt" size="xs" c="dimmed">{label}</Text><dd>{value}</dd></div>)}</dl>
      {one.period ? (
        <div>
          <Text size="sm">{t("periodUntil")} <When at={one.period.ends_at} absolute /></Text>
          <Progress my={4} value={quota > 0n ? Number((spent * 100n) / quota) : 0} aria-label={t("used")} />
          <Text size="sm" c="dimmed">{t("spentOf")} <Money nano={spent} /> / <Money nano={quota} /></Text>
        </div>
      ) : null}
      {active ? (
        <Group gap="xs">
          {changes ? <Button variant="default" disabled={busy} onClick={() => void change(one.plan)}>{t("change.action")}</Button> : null}
          {may ? <Button variant="default" disabled={busy || !one.period} onClick={() => void refill()}>{t("refill.action")}</Button> : null}
          {may ? <Button variant="default" disabled={busy} onClick={() => void end()}>{t("end.action")}</Button> : null}
        </Group>
      ) : null}
      {active && changes ? (
        <>
          <Switch label={t("renewsHint")} checked={one.renews} disabled={busy} onChange={(event) => void put({ renews: event.currentTarget.checked })} />
          <Switch label={t("overflow")} checked={one.overflow} disabled={busy} onChange={(event) => void put({ overflow: event.currentTarget.checked })} />
          <Select label={t("use")} allowDeselect={false} disabled={busy} data={USES.map((value) => ({ value, label: t(`uses.${value}`) }))} value={one.use} onChange={(value) => void put({ use: value as (typeof USES)[number] })} />
        </>
      ) : null}
      <Title order={3} size="h4">{t("paidTerms")}</Title>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t("plan")}</Table.Th><Table.Th>{t("from")}</Table.Th><Table.Th>{t("until")}</Table.Th><Table.Th>{t("paidBy")}</Table.Th><Table.Th ta="right">{t("price")}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {one.terms.map((term) => (
              <Table.Tr key={term.term}><Table.Td>{term.plan}</Table.Td><Table.Td><When at={term.starts_at} /></Table.Td><Table.Td><When at={term.ends_at} /></Table.Td><Table.Td>{paidBy(term.paid_by)}</Table.Td><Table.Td ta="right"><Money nano={nanoOf(term.price)} /></Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {host}
    </Stack>
  );
}

function Change({ now, answer }: { now: string; answer: (plan: string | null) => void }) {
  const { t } = useTranslation("plans");
  const plans = usePlanNames();
  const [plan, setPlan] = useState<string | null>(null);
  return (
    <form onSubmit={(event) => { event.preventDefault(); answer(plan); }}>
      <Stack gap="sm">
        <Text size="sm">{t("change.text")}</Text>
        <Select label={t("plan")} data={plans.filter((one) => one.value !== now)} value={plan} onChange={setPlan} data-autofocus />
        <Group justify="flex-end"><Button type="submit" disabled={!plan}>{t("change.action")}</Button></Group>
      </Stack>
    </form>
  );
}

function End({ answer }: { answer: (reason: string | null) => void }) {
  const { t } = useTranslation("plans");
  const [reason, setReason] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); answer(reason); }}>
      <Stack gap="sm">
        <Text size="sm">{t("end.text")}</Text>
        <TextInput label={t("end.reason")} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
        <Group justify="flex-end"><Button type="submit" color="red">{t("end.action")}</Button></Group>
      </Stack>
    </form>
  );
}
