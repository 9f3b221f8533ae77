/** Small hooks that several components share. */
import { useMediaQuery } from "@mantine/hooks";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type Currency, currency, watchCurrency } from "./currency";

/** What money is shown in; who asks is drawn again when it changes. */
export const useCurrency = (): Currency => useSyncExternalStore(watchCurrency, currency);

/** The language that texts are shown in, for Intl. Who asks is drawn again when money is shown in something else. */
export function useLocale(): string {
  useCurrency();
  return useTranslation().i18n.language;
}

/** Below it lists are cards and the navigation is at the bottom. */
export const usePhone = (): boolean => useMediaQuery("(max-width: 639px)", matchMedia("(max-width: 639px)").matches) ?? false;

/** Whether somebody is typing: keys of the keyboard mean letters then. */
export function isTyping(event: KeyboardEvent | { target: EventTarget | null }): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("[role=listbox],[role=menu]") !== null;
}
