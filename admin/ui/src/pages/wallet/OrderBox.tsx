/** One order and what became of it: shown where the provider sends the browser back. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok } from "~/api";
import { confirm, done, failed, ProblemText, Said, Status } from "~/components";
import { useLocale } from "~/lib/hooks";
import { orderTone } from "./orderTone";
import { pay, priceText } from "./pay";

const WAIT_MS = 3000;

export function OrderBox({ number }: { number: string }) {
  const { t } = useTranslation(["wallet", "common"]);
  const locale = useLocale();
  const queries = useQueryClient();
  const [url, setUrl] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const key = ["wallet", "order", number];
  const path = { path: { number } };
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/orders/{number}", { params: path, signal })),
    // The provider's notification may be some seconds behind the browser.
    refetchInterval: ({ state }) => (state.data?.order.state === "pending" ? WAIT_MS : false),
  });
  const run = async (work: () => Promise<unknown>, said?: string) => {
    setBusy(true);
    try {
      await work();
      await queries.invalidateQueries({ queryKey: ["wallet"] });
      if (said) done(said);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const cancel = async () => {
    if (await confirm({ title: t("order.cancelTitle"), action: t("order.cancel"), danger: true })) await run(() => api.POST("/api/v1/orders/{number}/cancel", { params: path }), t("order.cancelled"));
  };
  const hide = () => setUrl((now) => { const made = new URLSearchParams(now); made.delete("order"); return made; }, { replace: true });
  if (found.isError) return <ProblemText error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <div aria-busy="true" />;
  const { order } = found.data;
  const open = order.state === "pending";
  return (
    <Alert color={order.state === "paid" ? "green" : open ? "blue" : "yellow"} title={<Said said={order.title_said} />} role="status" withCloseButton={url.has("order")} closeButtonLabel={t("common:close")} onClose={hide}>
      <Group gap="xs" mb={open ? "xs" : 0}>
        <Status tone={orderTone(order.state)}>{t(`states.${order.state}` as "states.paid")}</Status>
        <Text size="sm">{priceText(order.amount, order.currency, locale)}</Text>
        <Text size="sm" c="dimmed" ff="monospace" className="wrap">{order.number}</Text>
      </Group>
      {open ? (
        <Group gap="xs">
          <Button size="compact-sm" loading={busy} onClick={() => void run(async () => pay(await ok(api.POST("/api/v1/orders/{number}/checkout", { params: path }))))}>{t("order.pay")}</Button>
          <Button size="compact-sm" variant="default" disabled={busy} onClick={() => void run(() => api.POST("/api/v1/orders/{number}/refresh", { params: path }))}>{t("order.ask")}</Button>
          <Button size="compact-sm" variant="default" disabled={busy} onClick={() => void cancel()}>{t("order.cancel")}</Button>
        </Group>
      ) : null}
      {order.problem ? <Text size="sm" className="wrap"><Said said={order.problem_said} /></Text> : null}
    </Alert>
  );
}
