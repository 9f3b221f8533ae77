/** A sentence of the gateway in the person's language. One that has no code is shown as it is said. */
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";

type Given = Schema<"SaidOut"> | null | undefined;

/** The words; "" for nothing, and until the language's sentences are there. */
export function useSaid(): (said: Given) => string {
  const { t, i18n, ready } = useTranslation("said", { useSuspense: false });
  return (said) => {
    if (!said?.code || !i18n.exists(`said:${said.code}`)) return said && (ready || !said.code) ? said.text : "";
    const words = String(t(`said:${said.code}` as never, said.params as never));
    return said.status ? `HTTP ${said.status} · ${words}` : words;
  };
}

/** What a class of failures ("upstream_timeout") means; "" for one without words, or whose words need more than its name. */
export function useOutcome(): (name: string) => string {
  const { i18n } = useTranslation("said", { useSuspense: false });
  return (name) => {
    const text = String(i18n.getResource(i18n.language, "said", name.replaceAll("_", "-")) ?? "");
    return text.includes("{{") ? "" : text;
  };
}

export function Said({ said }: { said: Given }) {
  return <>{useSaid()(said)}</>;
}
