/** What settings, their areas, choices and values are called. What has no text here is shown as the server says it. */
import { useTranslation } from "react-i18next";
import { percentText, numberText } from "~/lib/format";
import { moneyText } from "~/lib/money";
import { kindOf, type Setting, type SettingsArea } from "./shape";

const MILLION = 1_000_000;

export function useWords() {
  const { t, i18n } = useTranslation("settings");
  const locale = i18n.language;
  const said = (key: string, otherwise: string): string => (i18n.exists(`settings:${key}`) ? String(t(key as never)) : otherwise);
  const choice = (setting: Setting, value: string) => said(`choice.${setting.key}.${value}`, value);
  const unit = (setting: Setting) => (setting.unit ? said(`unit.${setting.unit}`, "") : "");
  const shown = (setting: Setting, value: unknown): string => {
    const kind = kindOf(setting);
    if (kind === "secret") return t(value ? "secret.set" : "secret.unset");
    if (kind === "switch") return t(value ? "on" : "off");
    if (kind === "nano") return moneyText(value as number, locale);
    if (kind === "share") return percentText((value as number) / MILLION, locale, 2);
    if (kind === "choice") return choice(setting, String(value));
    if (kind === "number") return `${numberText(value as number, locale)} ${unit(setting)}`.trim();
    if (Array.isArray(value)) return value.length === 0 ? t("empty") : value.map((one) => (kind === "choices" ? choice(setting, String(one)) : typeof one === "object" ? JSON.stringify(one) : String(one))).join(", ");
    if (value && typeof value === "object") return Object.entries(value).map(([key, one]) => `${key} ${one}`).join(", ") || t("empty");
    return value === "" || value === null || value === undefined ? t("empty") : String(value);
  };
  return {
    area: (area: SettingsArea) => said(`area.${area.area}`, area.title),
    label: (setting: Setting) => said(`of.${setting.key}.label`, setting.name),
    // A text of one's own without a hint needs none.
    hint: (setting: Setting) => said(`of.${setting.key}.hint`, i18n.exists(`settings:of.${setting.key}.label`) ? "" : setting.description),
    choice, unit, shown,
  };
}
export type Words = ReturnType<typeof useWords>;
