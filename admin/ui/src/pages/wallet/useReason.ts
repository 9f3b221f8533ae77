/** What the reason of an entry is called; one that a newer gateway knows is shown as it says it. */
import { useTranslation } from "react-i18next";

export function useReason(): (name: string) => string {
  const { t, i18n } = useTranslation("wallet");
  return (name) => (i18n.exists(`wallet:reasons.${name}`) ? t(`reasons.${name}` as "reasons.grant") : name);
}
