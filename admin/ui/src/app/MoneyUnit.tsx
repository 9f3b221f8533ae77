/** Says to all pages what money is shown in: what the operator chose, unless the person wants USD. Shows nothing. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSite } from "~/api/site";
import { currencyOf, showIn, USD } from "~/lib/currency";
import { useAppearance } from "~/theme";

export function MoneyUnit(): null {
  const { t } = useTranslation();
  const { money } = useAppearance();
  const told = useSite()?.currency;
  const word = t("quotaUnit");
  useEffect(() => {
    if (money === "usd") showIn(USD);
    else if (told) showIn(currencyOf(told, word));
  }, [money, told, word]);
  return null;
}
