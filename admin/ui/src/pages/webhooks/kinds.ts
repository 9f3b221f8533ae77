/** Kinds of events, as they are called and as options. A kind without a text here is shown by its name. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";

export function useKinds() {
  const { t, i18n } = useTranslation("webhooks");
  const found = useQuery({ queryKey: ["event-kinds"], queryFn: ({ signal }) => ok(api.GET("/api/v1/notifications/kinds", { signal })), staleTime: 300_000 });
  const say = (kind: string): string => (i18n.exists(`webhooks:kind.${kind}`) ? String(t(`kind.${kind}` as never)) : kind);
  return { say, options: (found.data?.items ?? []).map(({ name }) => ({ value: name, label: say(name) })) };
}
