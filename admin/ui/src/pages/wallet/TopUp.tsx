/** Buying credit: an amount, a way to pay, the price, and then the provider's own page. */
import { Button, Group, Loader, Radio, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema } from "~/api";
import { AmountInput, failed, InUsd, ProblemText } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { Box, Hint } from "./Overview";
import { pay, priceText } from "./pay";

const idOf = (way: Schema<"WayOut">) => `${way.provider}/${way.method}`;

export function TopUp({ organisation }: { organisation: boolean }) {
  const { t } = useTranslation("wallet");
  const offer = useQuery({ queryKey: ["wallet", "offer"], queryFn: ({ signal }) => ok(api.GET("/api/v1/topups/offer", { signal })), staleTime: 60_000 });
  if (offer.isError) return <Box title={t("topup.title")}><ProblemText error={offer.error} /></Box>;
  if (!offer.data) return <Box title={t("topup.title")}><Loader aria-busy="true" /></Box>;
  if (!offer.data.enabled || offer.data.ways.length === 0) return <Box title={t("topup.title")}><Hint>{t("topup.none")}</Hint></Box>;
  return <Box title={t("topup.title")}><Form offer={offer.data} organisation={organisation} /></Box>;
}

function Form({ offer, organisation }: { offer: Schema<"TopUpOffer">; organisation: boolean }) {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const key = useRef(crypto.randomUUID());
  const [amount, setAmount] = useState(offer.presets[0] ?? offer.minimum);
  const [chosen, setChosen] = useState(offer.ways[0] ? idOf(offer.ways[0]) : "");
  const [busy, setBusy] = useState(false);
  const way = offer.ways.find((one) => idOf(one) === chosen);
  const fixed = way?.price !== null && way?.price !== undefined;
  const nano = nanoOf(amount);
  const fits = fixed || (nano !== null && nano >= (nanoOf(offer.minimum) ?? 0n) && nano <= (nanoOf(offer.maximum) ?? 0n));
  const [asked] = useDebouncedValue(amount, 300);
  const wanted = way ? { provider: way.provider, method: way.method, amount: fixed ? null : asked, organisation } : null;
  const quote = useQuery({
    queryKey: ["wallet", "quote", wanted], enabled: wanted !== null && fits && (fixed || asked === amount),
    queryFn: ({ signal }) => ok(api.POST("/api/v1/topups/quote", { body: wanted as Schema<"TopUpWanted">, signal })),
  });
  const usd = (text: string) => moneyText(nanoOf(text) ?? 0n, locale);
  const buy = async () => {
    if (!way) return;
    setBusy(true);
    try {
      const { checkout } = await ok(api.POST("/api/v1/topups", { params: { header: idempotent(key.current) }, body: { provider: way.provider, method: way.method, amount: fixed ? null : amount, organisation } }));
      pay(checkout);
    } catch (error) {
      key.current = crypto.randomUUID();
      failed(error);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void buy(); }}>
      <Stack gap="sm">
        {fixed ? null : (
          <>
            <Group gap={6} role="group" aria-label={t("topup.presets")}>
              {offer.presets.map((one) => <Button key={one} size="compact-sm" variant={one === amount ? "light" : "default"} aria-pressed={one === amount} onClick={() => setAmount(one)}><InUsd of={[nanoOf(one)]}>{usd(one)}</InUsd></Button>)}
            </Group>
            <AmountInput label={t("topup.amount")} description={<InUsd of={[nanoOf(offer.minimum), nanoOf(offer.maximum)]}>{t("topup.bounds", { least: usd(offer.minimum), most: usd(offer.maximum) })}</InUsd>} value={amount} onChange={setAmount} error={nano !== null && !fits ? t("topup.outside") : undefined} maw={260} />
          </>
        )}
        <Radio.Group label={t("topup.way")} value={chosen} onChange={setChosen}>
          <Stack gap={6} mt={4}>
            {offer.ways.map((one) => <Radio key={idOf(one)} value={idOf(one)} label={one.price ? `${one.title} · ${priceText(one.price, one.currency, locale)}` : one.title} description={one.note || undefined} />)}
          </Stack>
        </Radio.Group>
        {quote.isError ? <ProblemText error={quote.error} /> : null}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">{quote.data ? <InUsd of={[nanoOf(quote.data.credit)]}>{t("topup.price", { price: priceText(quote.data.amount, quote.data.currency, locale), credit: usd(quote.data.credit) })}</InUsd> : ""}</Text>
          <Button type="submit" loading={busy} disabled={!way || !fits}>{t("topup.action")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
