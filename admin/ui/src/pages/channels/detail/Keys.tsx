/** The keys of a channel: which are in use, what switched one off, testing, adding and removing. A key is never shown again. */
import { ActionIcon, Alert, Button, Group, Menu, Stack, Switch, Table, Text, Textarea, Tooltip } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDots, IconPlus, IconTestPipe, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { confirm, done, failed, ProblemText, Said, Status, warned, When } from "~/components";
import { at, type Channel, KEY } from "../parts/data";

type Key = Schema<"ChannelKeyOut">;
const CHANGES = ["enable_all", "disable_all", "delete_auto", "delete_all"] as const;
const tone = (key: Key) => (key.enabled ? "good" : key.off_by === "auto" ? "bad" : "idle");
const state = (key: Key) => (key.enabled ? "on" : key.off_by === "auto" ? "auto" : "off");

export default function Keys({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const can = useCan();
  const writes = can("channels.write", "all");
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const queryKey = [...KEY, "keys", channel.id];
  const keys = useQuery({ queryKey, queryFn: async () => (await ok(api.GET("/api/v1/channels/{channel}/keys", { params: at(channel.id) }))).items });
  const during = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: KEY });
    }
  };
  const one = (key: Key) => ({ path: { channel: String(channel.id), key: key.id } });
  const add = () =>
    during(async () => {
      const secrets = text.split("\n").map((line) => line.trim()).filter(Boolean);
      await ok(api.POST("/api/v1/channels/{channel}/keys", { params: at(channel.id), body: { secrets } }));
      setText("");
      done(t("keys.added", { count: secrets.length }));
    });
  const all = async (action: (typeof CHANGES)[number]) => {
    if (action.startsWith("delete") && !(await confirm({ title: t(`keys.${action}`), text: t("keys.deleteText"), action: t("remove"), danger: true }))) return;
    await during(() => ok(api.POST("/api/v1/channels/{channel}/keys/change", { params: at(channel.id), body: { action } })));
  };
  const put = (key: Key, enabled: boolean) => {
    // The switch moves at once; what the server says comes after it.
    queries.setQueryData<Key[]>(queryKey, (before) => before?.map((each) => (each.id === key.id ? { ...each, enabled } : each)));
    return during(() => ok(api.PATCH("/api/v1/channels/{channel}/keys/{key}", { params: one(key), body: { enabled } })));
  };
  const test = (key: Key) =>
    during(async () => {
      const found = await ok(api.POST("/api/v1/channels/{channel}/test", { params: at(channel.id), body: { stream: false, endpoint: "chat", key_id: key.id } }));
      const values = { name: key.hint, model: found.model, ms: Math.round(found.milliseconds) };
      if (found.ok) done(t("done.tested", values));
      else warned(t("done.testFailed", values), found.detail || found.error || String(found.status));
    });
  const remove = async (key: Key) => {
    if (!(await confirm({ title: t("keys.removeOne", { hint: key.hint }), text: t("keys.deleteText"), action: t("remove"), danger: true }))) return;
    await during(() => api.DELETE("/api/v1/channels/{channel}/keys/{key}", { params: one(key) }));
  };
  if (keys.isError) return <ProblemText error={keys.error} retry={() => keys.refetch()} />;
  return (
    <Stack gap="sm">
      {keys.data?.length === 0 ? <Alert>{t(channel.secret_hint ? "keys.single" : "keys.none", { hint: channel.secret_hint })}</Alert> : null}
      {keys.data?.length ? (
        <>
          <Group justify="space-between">
            <Text size="sm">{t("keysOf", { count: keys.data.length, used: keys.data.filter((key) => key.enabled).length })}</Text>
            {writes ? (
              <Menu>
                <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconDots size={14} />}>{t("keys.all")}</Button></Menu.Target>
                <Menu.Dropdown>{CHANGES.map((action) => <Menu.Item key={action} color={action.startsWith("delete") ? "red" : undefined} onClick={() => all(action)}>{t(`keys.${action}`)}</Menu.Item>)}</Menu.Dropdown>
              </Menu>
            ) : null}
          </Group>
          <Table>
            <Table.Thead>
              <Table.Tr><Table.Th>{t("keys.key")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("keys.since")}</Table.Th><Table.Th><span className="hidden-text">{t("keys.change")}</span></Table.Th></Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.data.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td ff="monospace">{key.hint}</Table.Td>
                  <Table.Td>
                    <Status tone={tone(key)}>{t(`states.${state(key)}`)}</Status>
                    {key.off_reason ? <Text size="xs" c="dimmed" className="wrap"><Said said={key.off_said} /></Text> : null}
                  </Table.Td>
                  <Table.Td><When at={key.off_at ?? key.created_at} /></Table.Td>
                  <Table.Td>
                    {writes ? (
                      <Group gap={6} wrap="nowrap" justify="flex-end">
                        <Switch size="xs" aria-label={t("keys.use", { hint: key.hint })} checked={key.enabled} onChange={(event) => void put(key, event.currentTarget.checked)} />
                        <Tooltip label={t("test.run")}><ActionIcon aria-label={t("keys.testOne", { hint: key.hint })} onClick={() => test(key)}><IconTestPipe size={15} /></ActionIcon></Tooltip>
                        <ActionIcon aria-label={t("keys.removeOne", { hint: key.hint })} onClick={() => remove(key)}><IconTrash size={15} /></ActionIcon>
                      </Group>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      ) : null}
      {can("channels.secrets", "all") && writes ? (
        <Stack gap={6}>
          <Textarea label={t("keys.add")} description={t("keys.addHint")} autosize minRows={2} maxRows={10} spellCheck={false} autoComplete="off" value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Group><Button leftSection={<IconPlus size={15} />} disabled={!text.trim()} onClick={add}>{t("keys.addButton")}</Button></Group>
        </Stack>
      ) : null}
    </Stack>
  );
}
