/** Where one is signed in; any of it can be ended. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { confirm, ProblemText, Status, When } from "~/components";
import { useAct } from "./act";
import { Section } from "./Section";

export function Sessions() {
  const { t } = useTranslation("profile");
  const { act, busy } = useAct("sessions");
  const found = useQuery({ queryKey: ["sessions"], queryFn: ({ signal }) => ok(api.GET("/api/v1/me/sessions", { signal })) });
  const others = found.data?.items.filter((row) => !row.current).length ?? 0;
  const end = (id: number) => act(() => api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session: id } } }), t("sessions.ended"));
  const endOthers = async () => {
    if (!(await confirm({ title: t("sessions.othersTitle"), text: t("sessions.othersText", { count: others }), action: t("sessions.others"), danger: true }))) return;
    await act(() => api.POST("/api/v1/me/sessions/end-others"), t("sessions.ended"));
  };
  return (
    <Section
      title={t("sessions.title")} about={t("sessions.about")}
      action={others > 0 ? <Button variant="default" loading={busy} onClick={endOthers}>{t("sessions.others")}</Button> : undefined}
    >
      {found.isError ? <ProblemText error={found.error} /> : null}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }} aria-busy={found.isPending || undefined}>
        {found.data?.items.map((row) => (
          <li key={row.id}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Group gap="sm" wrap="nowrap" miw={0}>
                <IconDeviceDesktop size={20} stroke={1.5} aria-hidden />
                <div style={{ minWidth: 0 }}>
                  <Group gap={6}><Text size="sm" fw={500} className="wrap">{row.device || row.agent}</Text>{row.current ? <Status tone="good">{t("sessions.current")}</Status> : null}</Group>
                  <Text size="xs" c="dimmed" className="wrap">{row.ip} · {t("sessions.seen")} <When at={row.seen_at} /> · {t("sessions.by", { method: row.method })}</Text>
                </div>
              </Group>
              {row.current ? null : <Button size="compact-sm" variant="default" aria-label={t("sessions.endOne", { name: row.device || row.ip })} disabled={busy} onClick={() => void end(row.id)}>{t("sessions.end")}</Button>}
            </Group>
          </li>
        ))}
      </Stack>
    </Section>
  );
}
