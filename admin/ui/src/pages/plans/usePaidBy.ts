/** What a term of a plan was paid with, in words. */
import { useTranslation } from "react-i18next";
import { paidWith } from "../orders/texts";

export function usePaidBy(): (by: string) => string {
  const { t } = useTranslation("plans");
  return (by) => (by === "" || by === "given" ? t("given") : paidWith(by, "", (name) => (name === "manual" ? t("given") : t(`pays.${name}`))));
}
