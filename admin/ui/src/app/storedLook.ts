/** The look and language that the account keeps, on a browser that has chosen none yet. */
import { useEffect } from "react";
import { useMe } from "~/api";
import { localeOf, setLocale } from "~/i18n";
import { accept, setAppearance } from "~/theme";

export function useStoredLook(): void {
  const me = useMe();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each account
  useEffect(() => {
    let chosen: { scheme?: string; locale?: string } = {};
    try {
      chosen = JSON.parse(localStorage.getItem("gateway.appearance") ?? "{}");
    } catch {
      // Storage that cannot be read has chosen nothing.
    }
    if (!chosen.scheme && me.preferences.appearance) setAppearance(accept(me.preferences.appearance));
    const locale = localeOf(me.language);
    if (!chosen.locale && locale) void setLocale(locale);
  }, [me.id]);
}
