/** What a user's account has, and a booking to it with its reason. One intention is booked once, however often it is sent. */
import { Group, Loader, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema, useCan } from "~/api";
import { AmountInput, done, failed, Money, ProblemText, ResourceForm, useResourceForm, When } from "~/components";
import { nanoOf } from "~/lib/money";

const REASONS = ["grant", "correction", "refund", "topup"] as const;
type Reason = (typeof REASONS)[number];
type Booking = { amount: string; note: string; reason: Reason };

type Props = { money: Schema<"Money">; owner: { kind: "user" | "organisation"; id: number }; onSaved: () => unknown };

export function Balance({ money, owner, onSaved }: Props) {
  const { t, i18n } = useTranslation("users");
  const can = useCan();
  const account = String(money.account_id);
  const key = ["accounts", account];
  const queries = useQueryClient();
  const [turn, setTurn] = useState(0);
  const booked = async () => {
    await Promise.all([queries.invalidateQueries({ queryKey: key }), onSaved()]);
    setTurn(turn + 1);
  };
  const limit = async (limited: boolean) => {
    try {
      const id = String(owner.id);
      if (owner.kind === "user") await ok(api.PUT("/api/v1/users/{user}/quota", { params: { path: { user: id } }, body: { limited } }));
      else await ok(api.PUT("/api/v1/organisations/{organisation}/quota", { params: { path: { organisation: id } }, body: { limited } }));
      await onSaved();
      done(t(limited ? "limitedNow" : "unlimitedNow"));
    } catch (error) {
      failed(error);
    }
  };
  const reason = (name: string) => (i18n.exists(`users:reasons.${name}`) ? t(`reasons.${name}` as "reasons.grant") : name);
  const entries = useQuery({ queryKey: key, queryFn: () => ok(api.GET("/api/v1/accounts/{account}/entries", { params: { path: { account }, query: { limit: 20 } } })), enabled: can("accounts.read") });
  return (
    <Stack gap="md">
      <Group gap="xl">
        {([["balance", money.balance], ["held", money.held], ["available", money.available]] as const).map(([name, value]) => (
          <div key={name}><Text size="xs" c="dimmed">{t(name)}</Text><Text fw={600}><Money nano={nanoOf(value)} /></Text></div>
        ))}
        {can("accounts.write") ? null : <div><Text size="xs" c="dimmed">{t("limited")}</Text><Text>{t(money.limited ? "limitedYes" : "limitedNo")}</Text></div>}
      </Group>
      {can("accounts.write") ? <Switch label={t("limitedYes")} description={t("limitedHint")} checked={money.limited} onChange={(event) => void limit(event.currentTarget.checked)} /> : null}
      {can("accounts.write") ? <Book key={turn} account={account} onSaved={booked} /> : null}
      {entries.isError ? <ProblemText error={entries.error} /> : null}
      {entries.isLoading ? <Loader size="sm" /> : null}
      {entries.data ? (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("at")}</Table.Th><Table.Th>{t("reason")}</Table.Th><Table.Th ta="right">{t("amount")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {entries.data.items.map((one) => (
                <Table.Tr key={one.id}><Table.Td><When at={one.at} /></Table.Td><Table.Td className="wrap">{reason(one.reason)}{one.note ? ` · ${one.note}` : ""}</Table.Td><Table.Td ta="right"><Money nano={nanoOf(one.amount)} /></Table.Td></Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}

function Book({ account, onSaved }: { account: string; onSaved: () => unknown }) {
  const { t } = useTranslation("users");
  const [once] = useState(() => crypto.randomUUID());
  const form = useResourceForm<Booking, unknown>({
    initial: { amount: "", note: "", reason: "grant" },
    check: (values) => (values.note.trim() ? {} : { note: t("noteNeeded") }),
    save: (values) => ok(api.POST("/api/v1/accounts/{account}/entries", { params: { path: { account }, header: idempotent(once) }, body: { ...values, overdraw: false } })),
    onSaved: async () => {
      await onSaved();
      done(t("booked"));
    },
  });
  return (
    <ResourceForm form={form} action={t("book")}>
      <Group grow align="flex-start">
        <AmountInput label={t("change")} description={t("changeHint")} {...form.field("amount")} />
        <Select label={t("reason")} description={t("reasonHint")} allowDeselect={false} data={REASONS.map((value) => ({ value, label: t(`reasons.${value}`) }))} {...form.field("reason")} />
      </Group>
      <TextInput label={t("note")} {...form.field("note")} />
    </ResourceForm>
  );
}
