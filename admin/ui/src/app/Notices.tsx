/** What is announced above every page. Put away by its reader it stays away, until it is written anew. */
import { ActionIcon, Anchor, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";

const COLOURS: Record<string, string> = { info: "blue", success: "green", warning: "yellow", critical: "red" };
const KEPT = 50;

export function Notices() {
  const { t } = useTranslation();
  const [away, setAway] = useLocalStorage<string[]>({ key: "gateway.notices", defaultValue: [], getInitialValueInEffect: false });
  const { data } = useQuery({ queryKey: ["announcements", "shown"], queryFn: ({ signal }) => ok(api.GET("/api/v1/announcements", { signal })), staleTime: 60_000 });
  const name = (one: { id: number; at: string }) => `${one.id}@${one.at}`;
  const shown = (data?.items ?? []).filter((one) => one.kind === "notice" && !away.includes(name(one)));
  if (shown.length === 0) return null;
  return (
    <section aria-label={t("shell.notices")} className="notices">
      {shown.map((one) => (
        <div key={one.id} className="notice" style={{ borderLeftColor: `var(--mantine-color-${COLOURS[one.level] ?? "blue"}-5)` }}>
          <Text size="sm" className="wrap" flex={1}>
            <b>{one.title}</b>{one.body ? ` ${one.body.replaceAll("**", "")}` : ""}{one.link ? <> <Anchor href={one.link} underline="always">{one.link}</Anchor></> : null}
          </Text>
          <ActionIcon size="sm" aria-label={t("shell.dismiss", { title: one.title })} onClick={() => setAway([name(one), ...away].slice(0, KEPT))}><IconX size={14} /></ActionIcon>
        </div>
      ))}
    </section>
  );
}
