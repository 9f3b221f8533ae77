/** One order: its facts, what the provider told, its receipts and refunds, and what an operator can do about it. */
import { Anchor, Button, Group, Modal, Stack, Switch, Table, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, GATEWAY, idempotent, isProblem, ok, type Schema, useCan } from "~/api";
import { confirm, Copy, done, failed, Money, ProblemText, Said, Status, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { nanoOf, plainNumber } from "~/lib/money";
import { amountText, paidWith, REFUND_TONES, TONES } from "./texts";

export function Detail({ number }: { number: string }) {
  const { t, i18n } = useTranslation(["orders", "common"]);
  const locale = useLocale();
  const queries = useQueryClient();
  const may = useCan()("orders.manage", "all");
  const [asked, setAsked] = useState<"complete" | "refund" | null>(null);
  const [busy, setBusy] = useState(false);
  const path = { path: { number } };
  const found = useQuery({ queryKey: ["orders", "one", number], queryFn: ({ signal }) => ok(api.GET("/api/v1/orders/{number}", { params: path, signal })) });
  const run = async (work: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await work();
      setAsked(null);
      done(said);
    } catch (error) {
      // The refund is there, and waits for what the provider says.
      if (isProblem(error, "provider-away")) setAsked(null);
      failed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: ["orders"] });
      setBusy(false);
    }
  };
  const cancel = async () => {
    if (await confirm({ title: t("cancel.title"), text: t("cancel.text"), action: t("cancel.action"), danger: true })) await run(() => api.POST("/api/v1/orders/{number}/cancel", { params: path }), t("cancel.done"));
  };
  if (found.isError) return <ProblemText error={found.error} />;
  if (!found.data) return <div aria-busy="true" />;
  const { order, refunds, receipts, events } = found.data;
  // What a newer gateway says is shown as it says it.
  const said = (list: "told" | "outcomes", name: string) => (i18n.exists(`orders:${list}.${name}`) ? t(`${list}.${name}` as "told.paid") : name);
  const facts: [string, ReactNode][] = [
    [t("state"), <Status key="state" tone={TONES[order.state] ?? "idle"}>{t(`states.${order.state}` as "states.paid")}</Status>],
    [t("user"), order.user ?? order.user_id], [t("for"), t(order.account_kind === "organisation" ? "accounts.organisation" : "accounts.user")], [t("amount"), amountText(order.amount, order.currency, locale)], [t("paid"), amountText(order.paid_amount, order.currency, locale)],
    [t("refunded"), amountText(order.refunded, order.currency, locale)], [t("credit"), <Money key="credit" nano={nanoOf(order.credit)} />],
    [t("provider"), paidWith(order.provider, order.method, (name) => t(`providers.${name}`))], [t("paymentRef"), order.payment_ref ?? "—"],
    [t("created"), <When key="created" at={order.created_at} absolute />], [t("paidAt"), <When key="paidAt" at={order.paid_at} absolute />],
  ];
  return (
    <Stack gap="sm">
      <Group gap={4}><Text size="sm" ff="monospace" className="wrap">{order.number}</Text><Copy text={order.number} /></Group>
      {order.problem ? <Text size="sm" c="red" className="wrap"><Said said={order.problem_said} /></Text> : null}
      <dl className="card-lines">{facts.map(([label, value]) => <div key={label}><Text component="dt" size="xs" c="dimmed">{label}</Text><dd>{value}</dd></div>)}</dl>
      {may ? (
        <Group gap="xs">
          {["pending", "review"].includes(order.state) ? <Button variant="default" loading={busy} onClick={() => void run(() => api.POST("/api/v1/orders/{number}/refresh", { params: path }), t("refreshed"))}>{t("refresh")}</Button> : null}
          {["pending", "review", "expired", "failed"].includes(order.state) ? <Button variant="default" onClick={() => setAsked("complete")}>{t("complete.action")}</Button> : null}
          {order.state === "pending" ? <Button variant="default" disabled={busy} onClick={() => void cancel()}>{t("cancel.action")}</Button> : null}
          {order.state === "paid" ? <Button variant="default" color="red" onClick={() => setAsked("refund")}>{t("refund.action")}</Button> : null}
        </Group>
      ) : null}
      {receipts.length > 0 ? (
        <Group gap="sm">
          {receipts.map((one) => <Anchor key={one.number} size="sm" href={`${GATEWAY}/api/v1/receipts/${one.number}?format=html`} target="_blank" rel="noreferrer">{t("receipt", { number: one.number })}</Anchor>)}
        </Group>
      ) : null}
      {refunds.length > 0 ? (
        <>
          <Title order={3} size="h4">{t("refunds")}</Title>
          {refunds.map((one) => <RefundLine key={one.number} one={one} order={order} settle={may ? (body) => void run(() => api.POST("/api/v1/orders/{number}/refunds/{refund}/settle", { params: { path: { number, refund: one.number } }, body }), t("settle.said")) : undefined} />)}
        </>
      ) : null}
      {events.length > 0 ? (
        <>
          <Title order={3} size="h4">{t("events")}</Title>
          <Table><Table.Tbody>{events.map((one) => <Table.Tr key={one.event}><Table.Td className="wrap">{said("told", one.kind)}</Table.Td><Table.Td className="wrap">{said("outcomes", one.outcome)}</Table.Td><Table.Td><When at={one.received_at} /></Table.Td></Table.Tr>)}</Table.Tbody></Table>
        </>
      ) : null}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked ? t(`${asked}.title`) : ""} closeButtonProps={{ "aria-label": t("common:close") }} zIndex={450}>
        {asked === "complete" ? <Complete busy={busy} run={(note, key) => run(() => api.POST("/api/v1/orders/{number}/complete", { params: { ...path, header: idempotent(key) }, body: { reason: note } }), t("complete.done"))} /> : null}
        {asked === "refund" ? <Refund busy={busy} order={order} run={(body, key) => run(() => api.POST("/api/v1/orders/{number}/refunds", { params: { ...path, header: idempotent(key) }, body }), t("refund.done"))} /> : null}
      </Modal>
    </Stack>
  );
}

/** A refund; one that the provider has not settled is asked about again, or a person says what became of it. */
function RefundLine({ one, order, settle }: { one: Schema<"RefundOut">; order: Schema<"OrderOut">; settle?: (body: Schema<"RefundSettle">) => void }) {
  const { t } = useTranslation("orders");
  const locale = useLocale();
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Status tone={REFUND_TONES[one.state] ?? "idle"}>{t(`refundStates.${one.state}` as "refundStates.done")}</Status>
        <Text size="sm" className="num">{amountText(one.amount, order.currency, locale)}</Text>
        <Text size="sm" c="dimmed"><When at={one.created_at} /></Text>
        <Text size="sm" className="wrap">{one.reason}</Text>
      </Group>
      {settle && one.state === "asked" ? (
        <Group gap="xs">
          {(["ask", "done", "failed"] as const).map((result) => <Button key={result} size="compact-sm" variant="default" onClick={() => settle({ result, reason: "" })}>{t(`settle.${result}`)}</Button>)}
        </Group>
      ) : null}
    </Stack>
  );
}

function Complete({ busy, run }: { busy: boolean; run: (note: string, key: string) => unknown }) {
  const { t } = useTranslation("orders");
  const key = useRef(crypto.randomUUID());
  const [note, setNote] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); run(note, key.current); }}>
      <Stack gap="sm">
        <Text size="sm">{t("complete.text")}</Text>
        <Textarea label={t("note")} value={note} autosize minRows={2} data-autofocus onChange={(event) => setNote(event.currentTarget.value)} />
        <Group justify="flex-end"><Button type="submit" loading={busy}>{t("complete.action")}</Button></Group>
      </Stack>
    </form>
  );
}

function Refund({ busy, order, run }: { busy: boolean; order: Schema<"OrderOut">; run: (body: Schema<"RefundWanted">, key: string) => unknown }) {
  const { t } = useTranslation("orders");
  const locale = useLocale();
  const key = useRef(crypto.randomUUID());
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [overdraw, setOverdraw] = useState(false);
  return (
    <form onSubmit={(event) => { event.preventDefault(); run({ amount: plainNumber(amount, locale) || null, reason, overdraw }, key.current); }}>
      <Stack gap="sm">
        <TextInput label={t("refund.amount", { currency: order.currency })} description={t("refund.hint")} value={amount} inputMode="decimal" data-autofocus onChange={(event) => setAmount(event.currentTarget.value)} />
        <TextInput label={t("refund.reason")} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Switch label={t("refund.overdraw")} checked={overdraw} onChange={(event) => setOverdraw(event.currentTarget.checked)} />
        <Group justify="flex-end"><Button type="submit" color="red" loading={busy}>{t("refund.action")}</Button></Group>
      </Stack>
    </form>
  );
}
