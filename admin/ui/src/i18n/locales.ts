/** The languages of the console. */
import { siteLook } from "~/lib/siteLook";

export const LOCALES = { "zh-CN": "简体中文", "zh-TW": "繁體中文", en: "English", fr: "Français", ja: "日本語" } as const;
export type Locale = keyof typeof LOCALES;

const KEY = "gateway.appearance";

/** The locale for what a browser or an account names ("zh-Hant-HK", "fr-CA"), null when it is none of ours. */
export function localeOf(named: string | null | undefined): Locale | null {
  if (!named) return null;
  const low = named.toLowerCase();
  if (low.startsWith("zh")) return /hant|tw|hk|mo/.test(low) ? "zh-TW" : "zh-CN";
  return (Object.keys(LOCALES) as Locale[]).find((one) => low === one || low.startsWith(`${one}-`)) ?? null;
}

/** What was chosen in this browser; null: nothing, or storage cannot be read. */
export function chosenLocale(): Locale | null {
  try {
    return localeOf((JSON.parse(localStorage.getItem(KEY) ?? "{}") as { locale?: string }).locale);
  } catch {
    return null;
  }
}

/** What was chosen in this browser, else by the operator, else the browser's first language that we have, else English. */
export function firstLocale(): Locale {
  const chosen = chosenLocale() ?? localeOf(siteLook().locale);
  if (chosen) return chosen;
  for (const named of navigator.languages) {
    const found = localeOf(named);
    if (found) return found;
  }
  return "en";
}

/** Keep the choice in this browser. */
export function keepLocale(locale: Locale): void {
  try {
    const before = JSON.parse(localStorage.getItem(KEY) ?? "{}") as object;
    localStorage.setItem(KEY, JSON.stringify({ ...before, locale }));
  } catch {
    // Without storage it holds as long as the page.
  }
}
