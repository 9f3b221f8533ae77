/** One account: what it has, a booking by hand, and its entries, of which one may be taken back by another. */
import { ActionIcon, Button, Group, Loader, Select, Stack, Switch, Table, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema, useCan } from "~/api";
import { AmountInput, confirm, done, failed, Money, ProblemText, ResourceForm, useResourceForm, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { decimal, moneyText, nanoOf } from "~/lib/money";

const REASONS = ["correction", "grant", "refund", "topup"] as const;
/** What a correction may take back. What requests and leases booked is the settler's. */
const BACK = new Set<string>(["topup", "redemption", "grant", "refund", "correction"]);
type Booking = { amount: string; reason: (typeof REASONS)[number]; note: string; reference: string; overdraw: boolean };

export function Account({ account, refresh }: { account: Schema<"AccountOut">; refresh: () => Promise<unknown> }) {
  const { t, i18n } = useTranslation("money");
  const locale = useLocale();
  const may = useCan()("accounts.write", "all");
  const [leases, setLeases] = useState(false);
  const [turn, setTurn] = useState(0);
  const path = { account: String(account.id) };
  const found = useInfiniteQuery({
    queryKey: ["accounts", "entries", account.id, leases], initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<Schema<"Listed_EntryOut_">> => ok(api.GET("/api/v1/accounts/{account}/entries", { params: { path, query: { limit: 50, cursor: pageParam, leases } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const entries = found.data?.pages.flatMap((page) => page.items) ?? [];
  const reason = (name: string) => (i18n.exists(`money:reasons.${name}`) ? t(`reasons.${name}` as "reasons.grant") : name);
  const back = async (entry: Schema<"EntryOut">) => {
    const nano = nanoOf(entry.amount) ?? 0n;
    const text = t("back.text", { reason: reason(entry.reason), amount: moneyText(nano, locale, true) });
    if (!(await confirm({ title: t("back.title"), text, action: t("back.action"), danger: true }))) return;
    const reference = `back:${entry.id}`;
    try {
      await ok(api.POST("/api/v1/accounts/{account}/entries", { params: { path, header: idempotent(reference) }, body: { amount: decimal(-nano), reason: "correction", reference, note: entry.note, overdraw: true } }));
      await refresh();
      done(t("back.done"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Stack gap="sm">
      <Group gap="xl" component="dl" my={0}>
        {(["balance", "held", "available"] as const).map((name) => (
          <div key={name}><Text component="dt" size="xs" c="dimmed">{t(name)}</Text><Text component="dd" m={0} fw={600}><Money nano={nanoOf(account.money[name])} exact /></Text></div>
        ))}
      </Group>
      {may ? <Book key={turn} account={path.account} onSaved={async () => { await refresh(); setTurn(turn + 1); }} /> : null}
      <Group justify="space-between">
        <Title order={3} size="h4">{t("entries")}</Title>
        <Switch size="xs" label={t("leases")} checked={leases} onChange={(event) => setLeases(event.currentTarget.checked)} />
      </Group>
      {found.isError ? <ProblemText error={found.error} /> : null}
      {found.isPending ? <Loader aria-busy="true" /> : null}
      {found.data && entries.length === 0 ? <Text size="sm" c="dimmed">{t("noEntries")}</Text> : null}
      {entries.length > 0 ? (
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("at")}</Table.Th><Table.Th>{t("reason")}</Table.Th><Table.Th ta="right">{t("amount")}</Table.Th>{may ? <Table.Th w={40}><span className="hidden-text">{t("back.action")}</span></Table.Th> : null}<Table.Th>{t("actor")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {entries.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td><When at={one.at} /></Table.Td>
                  <Table.Td className="wrap">{reason(one.reason)}{[one.note, one.reference].filter(Boolean).map((text) => <Text key={text} size="xs" c="dimmed">{text}</Text>)}</Table.Td>
                  <Table.Td ta="right"><Money nano={nanoOf(one.amount)} /></Table.Td>
                  {may ? <Table.Td>{BACK.has(one.reason) && !one.reference.startsWith("back:") ? <Tooltip label={t("back.action")}><ActionIcon size="sm" aria-label={t("back.named", { amount: moneyText(nanoOf(one.amount) ?? 0n, locale) })} onClick={() => void back(one)}><IconArrowBackUp size={16} /></ActionIcon></Tooltip> : null}</Table.Td> : null}
                  <Table.Td className="wrap">{one.actor}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {found.hasNextPage ? <Group justify="center"><Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t("more")}</Button></Group> : null}
    </Stack>
  );
}

function Book({ account, onSaved }: { account: string; onSaved: () => Promise<unknown> }) {
  const { t } = useTranslation("money");
  const [once] = useState(() => crypto.randomUUID());
  const form = useResourceForm<Booking, unknown>({
    initial: { amount: "", reason: "correction", note: "", reference: "", overdraw: false },
    check: (values) => (values.note.trim() ? {} : { note: t("noteNeeded") }),
    save: ({ reference, ...values }) => ok(api.POST("/api/v1/accounts/{account}/entries", { params: { path: { account }, header: idempotent(once) }, body: { ...values, reference: reference.trim() || null } })),
    onSaved: async () => {
      await onSaved();
      done(t("booked"));
    },
  });
  return (
    <ResourceForm form={form} action={t("book")}>
      <Group grow align="flex-start">
        <AmountInput label={t("amount")} description={t("amountHint")} {...form.field("amount")} />
        <Select label={t("reason")} description={t("reasonHint")} allowDeselect={false} data={REASONS.map((value) => ({ value, label: t(`reasons.${value}`) }))} {...form.field("reason")} />
      </Group>
      <Group grow align="flex-start">
        <TextInput label={t("note")} maxLength={500} {...form.field("note")} />
        <TextInput label={t("reference")} maxLength={128} placeholder={t("referenceHint")} {...form.field("reference")} />
      </Group>
      <Switch label={t("overdraw")} {...form.field("overdraw", "checkbox")} />
    </ResourceForm>
  );
}
