/** Cells of the list of channels. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { Hint, Money, Status, useSaid } from "~/components";
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
  if (!state?.tested_at) return <span className="dimmed">—</span>;
  const ms = state.test_ms ?? 0;
  const colour = state.test_ok === false ? "var(--mantine-color-error)" : ms > 5000 ? "var(--mantine-color-yellow-text)" : undefined;
  return <span className="num" style={{ color: colour }}>{state.test_ok === false ? t("test.failed") : t("ms", { count: ms })}</span>;
}

export function BalanceCell({ row }: { row: Channel }) {
  const { balance, balance_currency: currency, balance_error: error } = row.state ?? {};
  if (!balance) return <span className="dimmed" title={error || undefined}>—</span>;
  return <span className="num">{balance} {currency}</span>;
}

export function ModelsCell({ row }: { row: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const names = Object.keys(row.models);
  if (names.length === 0) return <span className="dimmed">{t("allModels")}</span>;
  return (
    <Hint label={names.slice(0, 12).join(", ") + (names.length > 12 ? " …" : "")} maw={360}>
      <span className="cut">{names.length > 1 ? <b className="num">{names.length}</b> : null} {names.slice(0, 3).join(", ")}</span>
    </Hint>
  );
}

const DAYS = 30;
const SINCE_STEP = 3_600_000;

const Used = createContext<ReadonlyMap<unknown, number> | undefined>(undefined);

/** What the provider was paid for each channel: asked once for all rows, and what shows it is drawn again when it comes. */
export function WithUsed({ children }: { children: ReactNode }) {
  const { data } = useQuery({
    queryKey: ["channels-used"],
    queryFn: async () => {
      const since = new Date(Math.floor(Date.now() / SINCE_STEP) * SINCE_STEP - DAYS * 86_400_000).toISOString();
      const { items } = (await ok(api.GET("/api/v1/usage/totals", { params: { query: { group_by: "channel", since } } }))) as Schema<"UsageTotals">;
      return new Map(items.map((one) => [one.id, one.provider_cost]));
    },
    staleTime: 60_000,
    retry: false,
  });
  return <Used value={data}>{children}</Used>;
}

export function UsedCell({ id }: { id: number }) {
  const used = useContext(Used);
  return <Money nano={used ? (used.get(id) ?? 0) : null} />;
}
