/** i18next with one file per area and locale, loaded when an area is opened; `common` and all areas' `nav` come at the start. */
import i18next, { type BackendModule, type FormatterModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { numberText } from "~/lib/format";
import { chosenLocale, firstLocale, keepLocale, type Locale } from "./locales";

export { LOCALES, type Locale, localeOf } from "./locales";

const files = import.meta.glob<{ default: object }>("../locales/*/*.json");
const shells = import.meta.glob<{ default: { common: object; nav: object } }>("../locales/*/shell.virtual");

/** Fetch an area's texts beside its page: whoever asks for them finds them there. What fails is asked for again then. */
export function fetchTexts(area: string): void {
  void files[`../locales/${firstLocale()}/${area}.json`]?.().catch(() => {});
}

const backend: BackendModule = {
  type: "backend",
  init: () => {},
  read: (locale, namespace, done) => {
    const load = files[`../locales/${locale}/${namespace}.json`];
    if (!load) {
      done(new Error(`no ${namespace} in ${locale}`), null);
      return;
    }
    load().then(
      // Undefined: a file of an older version that is not there any more.
      (found: { default: object } | undefined) => (found ? done(null, found.default as never) : done(new Error(`${namespace} is gone`), null)),
      (error: Error) => done(error, null),
    );
  },
};

/** A count is written as its language writes numbers; what else stands in a text is put there as it is. */
const counts: FormatterModule = {
  type: "formatter",
  init: () => {},
  add: () => {},
  addCached: () => {},
  format: (value, _format, locale, options) => (options?.["interpolationkey"] === "count" && typeof value === "number" ? numberText(value, locale ?? "en") : value),
};

/** Load and show another language. `keep` false: one that nobody chose here. */
export async function setLocale(locale: Locale, keep = true): Promise<void> {
  if (keep) keepLocale(locale);
  else if (chosenLocale() !== null) return;
  await loadShell(locale);
  await i18next.changeLanguage(locale);
}

async function loadShell(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "nav")) return;
  const load = shells[`../locales/${locale}/shell.virtual`];
  const { common, nav } = (await load?.())?.default ?? { common: {}, nav: {} };
  i18next.addResourceBundle(locale, "common", common);
  i18next.addResourceBundle(locale, "nav", nav);
}

/** Start with the person's language; the page is drawn when its texts are there. */
export async function startTexts(): Promise<void> {
  const locale = firstLocale();
  await i18next
    .use(backend)
    .use(initReactI18next)
    .use(counts)
    .init({
      lng: locale,
      fallbackLng: false,
      ns: [],
      defaultNS: "common",
      partialBundledLanguages: true,
      interpolation: { escapeValue: false, alwaysFormat: true },
      returnNull: false,
      react: { useSuspense: true },
    });
  await loadShell(locale);
  const note = () => {
    document.documentElement.lang = i18next.language;
  };
  i18next.on("languageChanged", note);
  note();
}
