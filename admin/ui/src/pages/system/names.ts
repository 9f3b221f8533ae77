/** What jobs are called in the person's language; one that has no words here yet is shown by its name. */
import { useTranslation } from "react-i18next";

export function useJobName(): (kind: string) => string {
  const { t, i18n } = useTranslation("system");
  return (kind) => {
    const key = `kinds.${kind.replace(/[.-]/g, "_")}`;
    return i18n.exists(`system:${key}`) ? String(t(key as never)) : kind;
  };
}
