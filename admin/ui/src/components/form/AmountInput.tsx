/** A field for an amount. Its value is the text in USD that the API takes ("12.5"), never a binary fraction.
 *
 * It is typed in what money is shown in; where that is not USD the field says what it comes to.
 */
import { Text, TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Currency, USD } from "~/lib/currency";
import { useCurrency, useLocale } from "~/lib/hooks";
import { fieldText, nanoOf, plainNumber, signOf, usdOf, usdText } from "~/lib/money";

type Props = Omit<TextInputProps, "value" | "onChange"> & { value?: string | null; onChange?: (value: string) => void };
// Beside fields without a description it must not push the input down.
const BELOW: TextInputProps["inputWrapperOrder"] = ["label", "input", "description", "error"];
/** What was typed stands as long as it is what the form holds. */
type Typed = { text: string; usd: string; unit: Currency };

export function AmountInput({ value, onChange, error, description, ...rest }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const unit = useCurrency();
  const [typed, setTyped] = useState<Typed | null>(null);
  const usd = value ?? "";
  const text = typed?.usd === usd && typed.unit === unit ? typed.text : fieldText(usd, unit);
  const nano = nanoOf(usd);
  const change = (next: string) => {
    const made = usdOf(plainNumber(next, locale), unit);
    setTyped({ text: next, usd: made, unit });
    onChange?.(made);
  };
  const { sign, behind } = signOf(locale, unit);
  const mark = <Text span inherit c="dimmed" aria-hidden>{sign}</Text>;
  const room = Math.max(30, 14 + 8 * sign.length);
  const told = unit !== USD && nano !== null ? t("form.inUsd", { amount: usdText(nano, locale) }) : "";
  return (
    <TextInput
      {...rest} value={text} inputMode="decimal" error={error ?? (usd !== "" && nano === null ? t("form.amount") : undefined)}
      {...(behind ? { rightSection: mark, rightSectionWidth: room, rightSectionPointerEvents: "none" } : { leftSection: mark, leftSectionWidth: room, leftSectionPointerEvents: "none" })}
      description={told && description ? <>{description} {told}</> : told || description} {...(description ? {} : { inputWrapperOrder: BELOW })}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
