/** What a model can do, in words; what an operator named otherwise stays as it is named. */
import { useTranslation } from "react-i18next";
import type en from "../../locales/en/marketplace.json";

export function useAbility(): (name: string) => string {
  const { t, i18n } = useTranslation("marketplace");
  return (name) => (i18n.exists(`marketplace:abilities.${name}`) ? t(`abilities.${name as keyof typeof en.abilities}`) : name);
}
