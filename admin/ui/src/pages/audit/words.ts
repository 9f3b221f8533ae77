/** What was done, to which kind of object and to which of its fields, in the person's language. What has no words is shown by its name in the API. */
import { useTranslation } from "react-i18next";
import type en from "../../locales/en/audit.json";

type Action = keyof typeof en.actions;
type Kind = keyof typeof en.kinds;
type Field = keyof typeof en.of;
type Option = { value: string; label: string };

export function useAuditWords() {
  const { t, i18n } = useTranslation("audit");
  const action = (name: string): string => {
    const key = name.replaceAll(".", "/");
    return i18n.exists(`audit:actions.${key}`) ? t(`actions.${key as Action}`) : name;
  };
  const kind = (name: string): string => (i18n.exists(`audit:kinds.${name}`) ? t(`kinds.${name as Kind}`) : name);
  /** Of a setting its label; the texts of the settings are loaded by who asks. */
  const field = (row: { kind: string; object_id: string }, name: string): string => {
    if (row.kind === "settings") {
      const key = `settings:of.${row.object_id}.${name}.label`;
      return i18n.exists(key) ? String(t(key as never)) : name;
    }
    return i18n.exists(`audit:of.${name}`) ? t(`of.${name as Field}`) : name;
  };
  const known = (group: "actions" | "kinds"): string[] => Object.keys(i18n.getResource(i18n.language, "audit", group) ?? {});
  return {
    action,
    kind,
    field,
    /** All actions by noun, with all of a noun before them ("keys."). The API's name stands behind the words: it is what is filtered by. */
    actions: (): Option[] => {
      const names = known("actions").map((key) => key.replaceAll("/", "."));
      const nouns = [...new Set(names.map((name) => `${name.split(".")[0]}.`))];
      return [...nouns.map((value) => ({ value, label: `${value}*` })), ...names.map((value) => ({ value, label: `${action(value)} · ${value}` }))].sort((one, other) => one.value.localeCompare(other.value, "en"));
    },
    kinds: (): Option[] => known("kinds").map((value) => ({ value, label: kind(value) })).sort((one, other) => one.label.localeCompare(other.label, i18n.language)),
  };
}
