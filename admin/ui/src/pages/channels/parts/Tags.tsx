/** The tags of channels: how many channels each has, and what is done to all of one tag. */
import { ActionIcon, Alert, Anchor, Button, Group, Loader, Menu, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema } from "~/api";
import { Count, done, failed, ProblemText } from "~/components";
import { KEY } from "./data";

type Change = Pick<Schema<"ChannelBulk">, "action" | "values">;

export function Tags({ close }: { close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [renamed, setRenamed] = useState<string | null>(null);
  const [refused, setRefused] = useState<string[]>([]);
  const tags = useQuery({ queryKey: [...KEY, "tags", "counted"], queryFn: async () => (await ok(api.GET("/api/v1/channel-tags"))).items });
  const change = async (tag: string, body: Change) => {
    try {
      const found = await ok(api.POST("/api/v1/channels/bulk", { body: { ...body, filter: { tag, q: "" }, dry_run: false } }));
      setRefused(found.results.filter((one) => !one.ok).map((one) => `${one.id}: ${one.problem}`));
      await queries.invalidateQueries({ queryKey: KEY });
      setRenamed(null);
      done(t("common:bulk.done", { count: found.changed, action: tag }));
    } catch (error) {
      failed(error);
    }
  };
  if (tags.isError) return <ProblemText error={tags.error} retry={() => tags.refetch()} />;
  if (!tags.data) return <Loader size="sm" />;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{t(tags.data.length ? "bulk.tagHint" : "tags.none")}</Text>
      {refused.length ? <Alert color="yellow" className="wrap">{refused.join("; ")}</Alert> : null}
      {tags.data.length ? (
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t("fields.tag")}</Table.Th><Table.Th ta="right">{t("nav.list")}</Table.Th><Table.Th><span className="hidden-text">{t("keys.change")}</span></Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {tags.data.map(({ tag, channels }) => (
              <Table.Tr key={tag}>
                <Table.Td className="wrap">
                  {renamed === tag ? <Rename tag={tag} put={(next) => change(tag, { action: "change", values: { tag: next } })} cancel={() => setRenamed(null)} /> : <Anchor component={Link} size="sm" to={`/channels?tag=${encodeURIComponent(tag)}`} onClick={close}>{tag}</Anchor>}
                </Table.Td>
                <Table.Td ta="right"><Count value={channels} /></Table.Td>
                <Table.Td ta="right">
                  <Menu>
                    <Menu.Target><ActionIcon size="sm" aria-label={t("common:table.actionsOf", { name: tag })}><IconDots size={16} /></ActionIcon></Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => change(tag, { action: "enable" })}>{t("keys.enable_all")}</Menu.Item>
                      <Menu.Item onClick={() => change(tag, { action: "disable" })}>{t("keys.disable_all")}</Menu.Item>
                      <Menu.Item onClick={() => setRenamed(tag)}>{t("tags.rename")}</Menu.Item>
                      <Menu.Item onClick={() => change(tag, { action: "change", values: { tag: "" } })}>{t("tags.take")}</Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      <Group justify="flex-end"><Button variant="default" onClick={close}>{t("common:close")}</Button></Group>
    </Stack>
  );
}

function Rename({ tag, put, cancel }: { tag: string; put: (next: string) => void; cancel: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const [text, setText] = useState(tag);
  return (
    <form onSubmit={(event) => { event.preventDefault(); put(text.trim()); }}>
      <Group gap={6} wrap="nowrap">
        <TextInput size="xs" aria-label={t("tags.name")} maxLength={64} value={text} onChange={(event) => setText(event.currentTarget.value)} autoFocus />
        <Button size="compact-sm" type="submit" disabled={!text.trim() || text.trim() === tag}>{t("common:save")}</Button>
        <Button size="compact-sm" variant="default" onClick={cancel}>{t("common:cancel")}</Button>
      </Group>
    </form>
  );
}
