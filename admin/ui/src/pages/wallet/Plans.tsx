/** Plans that may be bought, and the subscriptions one has. */
import { Button, Group, Paper, Progress, Select, SimpleGrid, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconCalendarRepeat } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema, useCan } from "~/api";
import { confirm, done, Empty, failed, InUsd, ProblemText, Usd, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { pay } from "./pay";
import { ownerOf, type Whose } from "./whose";

const KEY = ["wallet", "subscriptions"];
const BALANCE = "balance";

export function Plans({ whose }: { whose: Whose }) {
  const { t } = useTranslation("wallet");
  const may = useCan()("orders.write", whose.kind === "user" ? "own" : "organisation");
  const plans = useQuery({ queryKey: ["wallet", "plans"], queryFn: ({ signal }) => ok(api.GET("/api/v1/plans", { params: { query: { limit: 100 } }, signal })) });
  const mine = useQuery({ queryKey: [...KEY, whose], queryFn: ({ signal }) => ok(api.GET("/api/v1/subscriptions", { params: { query: { ...ownerOf(whose), state: "active", limit: 20 } }, signal })) });
  const asked = may && (plans.data?.items.some((plan) => plan.pay_by.some((by) => by !== BALANCE)) ?? false);
  const offer = useQuery({ queryKey: ["wallet", "offer"], queryFn: ({ signal }) => ok(api.GET("/api/v1/topups/offer", { signal })), staleTime: 60_000, enabled: asked });
  const error = plans.error ?? mine.error ?? offer.error;
  if (error) return <ProblemText error={error} />;
  if (!plans.data || !mine.data || (asked && !offer.data)) return <div aria-busy="true" />;
  const offered = plans.data.items.filter((plan) => plan.enabled && plan.public);
  if (offered.length + mine.data.items.length === 0) return <Empty icon={IconCalendarRepeat} title={t("plans.empty.title")} text={t("plans.empty.text")} />;
  return (
    <Stack gap="md">
      {mine.data.items.map((one) => <Running key={one.id} one={one} may={may} title={plans.data.items.find((plan) => plan.id === one.plan_id)?.title || one.plan} />)}
      {offered.length > 0 ? <Title order={2} size="h3">{t("plans.offered")}</Title> : null}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">{offered.map((plan) => <Offer key={plan.id} plan={plan} may={may} ways={offer.data?.ways ?? []} organisation={whose.kind === "organisation"} />)}</SimpleGrid>
    </Stack>
  );
}

function Running({ one, title, may }: { one: Schema<"SubscriptionOut">; title: string; may: boolean }) {
  const { t } = useTranslation("wallet");
  const queries = useQueryClient();
  const quota = nanoOf(one.period?.quota ?? one.quota) ?? 0n;
  const left = nanoOf(one.period?.available ?? "0") ?? 0n;
  const used = quota > 0n ? Number(((quota - left) * 100n) / quota) : 0;
  const renew = async (renews: boolean) => {
    try {
      await api.PATCH("/api/v1/subscriptions/{subscription}", { params: { path: { subscription: one.id } }, body: { renews } });
      await queries.invalidateQueries({ queryKey: KEY });
      done(t(renews ? "plans.renewsOn" : "plans.renewsOff"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Paper withBorder p="md" component="article" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">{title}</Title>
        <Text size="sm" c="dimmed">{t("plans.until")} <When at={one.paid_until} absolute /></Text>
      </Group>
      <Progress value={used} aria-label={t("plans.used")} mb={6} />
      <Group justify="space-between">
        <Text size="sm"><Usd text={one.period?.available ?? "0"} /> / <Usd text={one.period?.quota ?? one.quota} /> {t("plans.left")}</Text>
        <Switch label={t("plans.renews")} checked={one.renews} disabled={!may} onChange={(event) => void renew(event.currentTarget.checked)} />
      </Group>
    </Paper>
  );
}

function Offer({ plan, may, ways, organisation }: { plan: Schema<"PlanOut">; may: boolean; ways: Schema<"WayOut">[]; organisation: boolean }) {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const queries = useQueryClient();
  const key = useRef(crypto.randomUUID());
  const choices = [
    ...(plan.pay_by.includes(BALANCE) ? [{ value: BALANCE, label: t("plans.balance") }] : []),
    ...ways.filter((way) => plan.pay_by.includes(way.provider) && way.price === null).map((way) => ({ value: `${way.provider}/${way.method}`, label: way.title })),
  ];
  const [by, setBy] = useState(choices[0]?.value ?? "");
  const [busy, setBusy] = useState(false);
  const price = moneyText(nanoOf(plan.price) ?? 0n, locale);
  const title = plan.title || plan.name;
  const term = t(`terms.${plan.term_unit}`, { count: plan.term_count });
  const buy = async () => {
    if (!(await confirm({ title: t("plans.buyTitle", { name: title }), text: t("plans.buyText", { price, term }), action: t("plans.buy") }))) return;
    const [provider = "", method = ""] = by.split("/");
    setBusy(true);
    try {
      const made = await ok(api.POST("/api/v1/subscriptions", { params: { header: idempotent(key.current) }, body: { plan: plan.name, pay_by: provider, method, organisation } }));
      if (made.checkout) return pay(made.checkout);
      await queries.invalidateQueries({ queryKey: ["wallet"] });
      done(t("plans.bought"));
    } catch (error) {
      failed(error);
    } finally {
      key.current = crypto.randomUUID();
      setBusy(false);
    }
  };
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap="xs" h="100%">
        <Title order={3} size="h3">{title}</Title>
        <Text fz={22} fw={600} lh={1.2}><InUsd of={[nanoOf(plan.price)]}>{price}</InUsd> <Text span size="sm" c="dimmed">{term}</Text></Text>
        {plan.description ? <Text size="sm" c="dimmed" className="wrap">{plan.description}</Text> : null}
        <Text size="sm">{t("plans.quota")} <Usd text={plan.quota} /></Text>
        {may && choices.length > 0 ? (
          <Group gap="xs" mt="auto">
            {choices.length > 1 ? <Select aria-label={t("plans.payBy")} data={choices} value={by} allowDeselect={false} w={150} onChange={(value) => setBy(value ?? by)} /> : null}
            <Button loading={busy} onClick={() => void buy()} aria-label={t("plans.buyNamed", { name: title })}>{t("plans.buy")}</Button>
          </Group>
        ) : null}
      </Stack>
    </Paper>
  );
}
