/** Cells of the list of channels. */
import { Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { Money, Status, useSaid } from "~/components";
import { type Channel, stateOf, TONES } from "./data";

export function StateCell({ row, resting }: { row: Channel; resting: ReadonlySet<number> }) {
  const { t } = useTranslation(["channels", "common"]);
  const said = useSaid();
  const state = stateOf(row, resting);
  const why = said(row.state.off_said) || (state === "failing" ? said(row.state.test_said) : "") || (state === "resting" ? t("restingWhy") : "");
  return <Status tone={TONES[state]} why={why || undefined}>{t(`states.${state}`)}</Status>;
}

/** How fast the last test was answered, and whether. */
export function SpeedCell({ row }: { row: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const state = row.state;
  if (!state?.tested_at) return <Text span inherit c="dimmed">—</Text>;
  const ms = state.test_ms ?? 0;
  const colour = state.test_ok === false ? "var(--mantine-color-error)" : ms > 5000 ? "var(--mantine-color-yellow-text)" : undefined;
  return <Text span inherit className="num" c={colour}>{state.test_ok === false ? t("test.failed") : t("ms", { count: ms })}</Text>;
}

export function BalanceCell({ row }: { row: Channel }) {
  const { balance, balance_currency: currency, balance_error: error } = row.state ?? {};
  if (!balance) return <Text span inherit c="dimmed" title={error || undefined}>—</Text>;
  return <span className="num">{balance} {currency}</span>;
}

export function ModelsCell({ row }: { row: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const names = Object.keys(row.models);
  if (names.length === 0) return <Text span inherit c="dimmed">{t("allModels")}</Text>;
  return (
    <Tooltip label={names.slice(0, 12).join(", ") + (names.length > 12 ? " …" : "")} multiline maw={360}>
      <span className="cut">{names.length > 1 ? <b className="num">{names.length}</b> : null} {names.slice(0, 3).join(", ")}</span>
    </Tooltip>
  );
}

const DAYS = 30;
const SINCE_STEP = 3_600_000;

/** What the provider was paid for each channel; asked once for all rows, and only while the column is shown. */
export function UsedCell({ row }: { row: Channel }) {
  const used = useQuery({
    queryKey: ["channels-used"],
    queryFn: async () => {
      const since = new Date(Math.floor(Date.now() / SINCE_STEP) * SINCE_STEP - DAYS * 86_400_000).toISOString();
      const { items } = (await ok(api.GET("/api/v1/usage/totals", { params: { query: { group_by: "channel", since } } }))) as Schema<"UsageTotals">;
      return new Map(items.map((one) => [one.id, one.provider_cost]));
    },
    staleTime: 60_000,
    retry: false,
  });
  return <Money nano={used.data ? (used.data.get(row.id) ?? 0) : null} />;
}
