/** Brings in what the operator chose for who has chosen nothing: look and language. Shows nothing. */
import { useEffect } from "react";
import { useSite } from "~/api/site";
import { localeOf, setLocale } from "~/i18n";
import { keepSiteLook } from "~/lib/siteLook";
import { renewAppearance } from "~/theme/appearance";

export function SiteLook(): null {
  const site = useSite();
  useEffect(() => {
    if (!site) return;
    const { color_scheme: scheme, preset, default_locale: locale } = site;
    if (!keepSiteLook({ scheme, preset, locale })) return;
    renewAppearance();
    const wanted = localeOf(locale);
    if (wanted) void setLocale(wanted, false);
  }, [site]);
  return null;
}
