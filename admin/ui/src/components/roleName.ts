/** Built-in roles have names in every language; sets are called what their makers called them. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

const BUILT_IN = ["root", "admin", "finance", "viewer", "member"] as const;

export function useRoleName(): (name: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (name) => {
      const known = BUILT_IN.find((one) => one === name);
      return known ? t(`roles.${known}`) : name;
    },
    [t],
  );
}
