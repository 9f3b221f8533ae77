/** Single values as people read them: money, times, durations, sizes, numbers. The exact value is in the tooltip. */
import type { HTMLAttributes, ReactNode } from "react";
import { useTicks } from "~/lib/clock";
import { bytesText, dateTimeText, durationText, numberText, relativeText, shortNumber, timeOf } from "~/lib/format";
import { useCurrency, useLocale } from "~/lib/hooks";
import { USD } from "~/lib/currency";
import { amountText, moneyText, type Nano, nanoOf, usdText } from "~/lib/money";
import { Hint } from "./Hint";

const NONE = <span className="dimmed">—</span>;

/** Nano-USD, in what money is shown in; the tooltip has every place, in USD. */
export function Money({ nano, exact }: { nano: Nano | null | undefined; exact?: boolean }) {
  const locale = useLocale();
  const unit = useCurrency();
  if (nano === null || nano === undefined) return NONE;
  return <span className="num" title={unit === USD ? moneyText(nano, locale, true) : usdText(nano, locale)}>{moneyText(nano, locale, exact)}</span>;
}

/** Words with amounts in them that are not shown in USD: the tooltip has those in USD, in their order. */
export function InUsd({ of, children }: { of: (Nano | null | undefined)[]; children: ReactNode }) {
  const locale = useLocale();
  if (useCurrency() === USD) return <>{children}</>;
  return <span title={of.map((nano) => (nano === null || nano === undefined ? "" : usdText(nano, locale))).filter(Boolean).join(" · ")}>{children}</span>;
}

/** USD as decimal text, as the ledger's routes give it; `exact` for what may be finer than a nano-USD. */
export function Usd({ text, exact }: { text: string | null | undefined; exact?: boolean }) {
  const locale = useLocale();
  if (text === null || text === undefined || text === "") return NONE;
  const nano = nanoOf(text);
  return nano === null ? <span className="num">{amountText(text, locale)}</span> : <Money nano={nano} exact={exact} />;
}

/** A time: how long ago, and when exactly. `absolute` shows the date itself. */
export function When({ at, absolute }: { at: string | number | null | undefined; absolute?: boolean }) {
  const locale = useLocale();
  if (at === null || at === undefined || at === 0) return NONE;
  const time = timeOf(at);
  const exact = dateTimeText(time, locale);
  if (absolute) return <time dateTime={time.toISOString()}>{exact}</time>;
  return <Hint label={exact}><Ago time={time} locale={locale} /></Hint>;
}

/** A list draws its lines again only when they change; the time goes on in them all the same. */
function Ago({ time, locale, ...others }: { time: Date; locale: string } & HTMLAttributes<HTMLElement>) {
  useTicks();
  return <time dateTime={time.toISOString()} {...others}>{relativeText((time.getTime() - Date.now()) / 1000, locale)}</time>;
}

/** Microseconds. */
export function Duration({ us }: { us: number | null | undefined }) {
  const locale = useLocale();
  return us === null || us === undefined ? NONE : <span className="num">{durationText(us, locale)}</span>;
}

export function Bytes({ bytes }: { bytes: number | null | undefined }) {
  const locale = useLocale();
  return bytes === null || bytes === undefined ? NONE : <span className="num">{bytesText(bytes, locale)}</span>;
}

/** A count; `short` writes 1.2M and keeps the whole number in the tooltip. */
export function Count({ value, short }: { value: number | null | undefined; short?: boolean }) {
  const locale = useLocale();
  if (value === null || value === undefined) return NONE;
  if (!short) return <span className="num">{numberText(value, locale)}</span>;
  return <span className="num" title={numberText(value, locale)}>{shortNumber(value, locale)}</span>;
}
