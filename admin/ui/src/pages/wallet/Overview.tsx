/** The balance, and the ways to more of it: paying, a code, today's check-in. */
import { Alert, Anchor, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconInfoCircle } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, idempotent, isProblem, ok, useCan } from "~/api";
import { done, failed, InUsd, ProblemText, Usd } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { OrderBox } from "./OrderBox";
import { TopUp } from "./TopUp";
import { accountOf, type Whose } from "./whose";

export function Overview({ order, whose }: { order: string | null; whose: Whose }) {
  const { t } = useTranslation("wallet");
  const can = useCan();
  const own = whose.kind === "user";
  const found = useQuery({
    queryKey: ["wallet", "account", accountOf(whose)],
    queryFn: async ({ signal }) => {
      try {
        return await ok(api.GET("/api/v1/accounts/{account}", { params: { path: { account: accountOf(whose) } }, signal }));
      } catch (error) {
        if (isProblem(error) && error.status === 404) return null;
        throw error;
      }
    },
  });
  return (
    <Stack gap="sm">
      {order ? <OrderBox number={order} /> : null}
      {found.isError ? <ProblemText error={found.error} retry={() => void found.refetch()} /> : null}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
        <Box title={t("balance.title")}>
          <Text fz={28} fw={600} lh={1.2} aria-busy={found.isPending || undefined}><Usd text={found.data?.money.available ?? "0"} /></Text>
          <Text size="sm" c="dimmed">
            {found.data?.money.limited === false ? t("balance.unlimited") : t("balance.limited")} {t("balance.held")} <Usd text={found.data?.money.held ?? "0"} />
          </Text>
          <Anchor component={Link} to={`/wallet?tab=entries${own ? "" : "&of=organisation"}`} size="sm">{t("balance.entries")}</Anchor>
        </Box>
        {own ? <Redeem /> : null}
        {can("orders.write", own ? "own" : "organisation") ? <TopUp organisation={!own} /> : null}
        {own ? <CheckIn /> : null}
      </SimpleGrid>
    </Stack>
  );
}

export function Box({ title, children }: { title: string; children: ReactNode }) {
  return <Paper withBorder p="md" component="section" aria-label={title}><Title order={2} size="h3" mb="xs">{title}</Title>{children}</Paper>;
}

function Redeem() {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const queries = useQueryClient();
  const key = useRef(crypto.randomUUID());
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      const { credit } = await ok(api.POST("/api/v1/redemptions", { params: { header: idempotent(key.current) }, body: { code: code.trim() } }));
      setCode("");
      await queries.invalidateQueries({ queryKey: ["wallet"] });
      done(t("redeem.done", { amount: moneyText(nanoOf(credit) ?? 0n, locale) }));
    } catch (error) {
      failed(error);
    } finally {
      // Another attempt is another intention.
      key.current = crypto.randomUUID();
      setBusy(false);
    }
  };
  return (
    <Box title={t("redeem.title")}>
      <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Group align="flex-end" gap="xs">
          <TextInput label={t("redeem.code")} value={code} autoComplete="off" flex="1 1 200px" onChange={(event) => setCode(event.currentTarget.value)} />
          <Button type="submit" loading={busy} disabled={!code.trim()}>{t("redeem.action")}</Button>
        </Group>
      </form>
    </Box>
  );
}

function CheckIn() {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["wallet", "check-in"], queryFn: ({ signal }) => ok(api.GET("/api/v1/check-in", { signal })) });
  if (!data?.enabled) return null;
  const money = (text: string) => moneyText(nanoOf(text) ?? 0n, locale);
  const check = async () => {
    try {
      const { credit } = await ok(api.POST("/api/v1/check-in"));
      await queries.invalidateQueries({ queryKey: ["wallet"] });
      done(t("checkIn.done", { amount: money(credit) }));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Box title={t("checkIn.title")}>
      <Text size="sm" c="dimmed" mb="xs"><InUsd of={[nanoOf(data.least), nanoOf(data.most)]}>{t("checkIn.about", { least: money(data.least), most: money(data.most) })}</InUsd></Text>
      <Group gap="sm">
        <Button disabled={data.today} onClick={() => void check()}>{t(data.today ? "checkIn.today" : "checkIn.action")}</Button>
        <Text size="sm">{t("checkIn.days", { count: Object.keys(data.days).length })}</Text>
      </Group>
    </Box>
  );
}

export const Hint = ({ children }: { children: ReactNode }) => <Alert color="gray" icon={<IconInfoCircle size={18} />}>{children}</Alert>;
