/** Accounts elsewhere that sign in here: linked by going there and coming back, and taken off. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconLink, IconUnlink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { confirm, Empty, ProblemText, Status, When } from "~/components";
import { useAct } from "./act";
import { Section } from "./Section";

export function Bindings() {
  const { t } = useTranslation("profile");
  const { act, busy } = useAct("links");
  const links = useQuery({ queryKey: ["links"], queryFn: ({ signal }) => ok(api.GET("/api/v1/me/identities", { signal })) });
  const ways = useQuery({ queryKey: ["sso"], queryFn: ({ signal }) => ok(api.GET("/api/v1/sso", { signal })), staleTime: 300_000 });
  const link = (slug: string) =>
    act(async () => {
      const { url } = await ok(api.POST("/api/v1/me/identities/{slug}", { params: { path: { slug }, query: { next: "/console/profile?tab=bindings" } } }));
      location.assign(url);
    });
  const unlink = async (row: Schema<"LinkOut">) => {
    if (!(await confirm({ title: t("bindings.removeTitle", { name: row.title }), text: t("bindings.removeText"), action: t("bindings.remove"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/me/identities/{link}", { params: { path: { link: row.id } } }), t("bindings.removed"));
  };
  const error = links.error ?? ways.error;
  if (error) return <ProblemText error={error} />;
  if (!links.data || !ways.data) return <div aria-busy="true" />;
  const linked = links.data.items;
  const open = ways.data.items.filter((way) => !linked.some((row) => row.provider === way.slug));
  if (linked.length + open.length === 0) return <Empty icon={IconLink} title={t("bindings.empty.title")} text={t("bindings.empty.text")} />;
  return (
    <Section title={t("bindings.title")} about={t("bindings.about")}>
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
        {linked.map((row) => (
          <Group component="li" key={row.id} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Group gap={6}><Text size="sm" fw={500}>{row.title}</Text><Status tone="good">{t("bindings.linked")}</Status></Group>
              <Text size="xs" c="dimmed" className="wrap">{row.email || row.name} · {t("bindings.used")} <When at={row.last_login_at ? row.last_login_at * 1e6 : null} /></Text>
            </div>
            <Button size="compact-sm" variant="default" leftSection={<IconUnlink size={14} />} disabled={busy} aria-label={t("bindings.removeOne", { name: row.title })} onClick={() => void unlink(row)}>{t("bindings.remove")}</Button>
          </Group>
        ))}
        {open.map((way) => (
          <Group component="li" key={way.slug} justify="space-between" wrap="nowrap">
            <Text size="sm" fw={500}>{way.title}</Text>
            <Button size="compact-sm" variant="default" leftSection={<IconLink size={14} />} disabled={busy} aria-label={t("bindings.addOne", { name: way.title })} onClick={() => void link(way.slug)}>{t("bindings.add")}</Button>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
