/** The models of a channel, and what the provider has: the difference, taken over by choice. */
import { Anchor, Badge, Button, Checkbox, Group, ScrollArea, SimpleGrid, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconCloudDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { Copy, done, failed, ProblemText, When } from "~/components";
import { at, type Channel, isGlob, KEY } from "../parts/data";

const SHOWN = 300;

/** What the last look by the clock found, as long as it is not settled. */
function seenOf(channel: Channel): Schema<"UpstreamModels"> | null {
  const { models_new: added, models_gone: gone } = channel.state ?? {};
  const left = (added ?? []).filter((name) => !(name in channel.models));
  const away = (gone ?? []).filter((name) => name in channel.models);
  return left.length + away.length ? { models: [], new: left, gone: away, ignored: channel.ignored_models ?? [] } : null;
}

export default function Models({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const writes = useCan()("channels.write", "all");
  const [text, setText] = useState("");
  const [found, setFound] = useState<Schema<"UpstreamModels"> | null>(() => seenOf(channel));
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const rows = Object.entries(channel.models).filter(([name, to]) => `${name} ${to}`.toLowerCase().includes(text.toLowerCase()));
  const compare = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setFound(await ok(api.POST("/api/v1/channels/{channel}/models/compare", { params: at(channel.id) })));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <TextInput size="xs" type="search" aria-label={t("models.search")} placeholder={t("models.search")} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Group gap="xs">
          {Object.keys(channel.models).length ? <Copy text={Object.keys(channel.models).join("\n")} /> : null}
          {writes ? <Button size="compact-sm" variant="default" loading={busy} leftSection={<IconCloudDownload size={14} />} onClick={compare}>{t("models.compare")}</Button> : null}
        </Group>
      </Group>
      {channel.state?.models_at ? <Text size="xs" c="dimmed">{t("models.looked")} <When at={channel.state.models_at} /></Text> : null}
      {channel.state?.models_error ? <Text size="sm" c="var(--mantine-color-error)" className="wrap">{channel.state.models_error}</Text> : null}
      {problem ? <ProblemText error={problem} retry={compare} /> : null}
      {found ? <Difference key={JSON.stringify(found)} channel={channel} found={found} done={() => setFound(null)} /> : null}
      {rows.length === 0 ? <Text size="sm" c="dimmed">{t(Object.keys(channel.models).length ? "models.nothing" : "models.every")}</Text> : null}
      <Table>
        <Table.Thead><Table.Tr><Table.Th>{t("models.public")}</Table.Th><Table.Th>{t("models.upstream")}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {rows.slice(0, SHOWN).map(([name, to]) => (
            <Table.Tr key={name}>
              <Table.Td className="wrap">{isGlob(name) ? name : <Anchor component={Link} size="sm" to={`/routes?model=${encodeURIComponent(name)}`} title={t("models.explain")}>{name}</Anchor>}</Table.Td>
              <Table.Td className="wrap">{to ? to : <Text span inherit c="dimmed">{t("models.same")}</Text>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > SHOWN ? <Text size="xs" c="dimmed">{t("models.more", { count: rows.length - SHOWN })}</Text> : null}
    </Stack>
  );
}

function Difference({ channel, found, done: close }: { channel: Channel; found: Schema<"UpstreamModels">; done: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [add, setAdd] = useState<string[]>(found.new);
  const [remove, setRemove] = useState<string[]>([]);
  const apply = async () => {
    try {
      await ok(api.POST("/api/v1/channels/{channel}/models/apply", { params: at(channel.id), body: { add, remove } }));
      await queries.invalidateQueries({ queryKey: KEY });
      done(t("models.applied", { added: add.length, removed: remove.length }));
      close();
    } catch (error) {
      failed(error);
    }
  };
  const ignore = async () => {
    try {
      const ignored_models = [...new Set([...(channel.ignored_models ?? []), ...add])];
      await ok(api.PATCH("/api/v1/channels/{channel}", { params: at(channel.id), body: { ignored_models } }));
      await queries.invalidateQueries({ queryKey: KEY });
      done(t("models.ignoredDone", { count: add.length }));
      close();
    } catch (error) {
      failed(error);
    }
  };
  if (found.new.length + found.gone.length === 0) return <Text size="sm" role="status">{t("models.equal", { count: found.models.length })}</Text>;
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Choice label={t("models.new")} names={found.new} chosen={add} onChange={setAdd} colour="green" />
        <Choice label={t("models.gone")} names={found.gone} chosen={remove} onChange={setRemove} colour="red" />
      </SimpleGrid>
      {found.ignored.length ? <Text size="xs" c="dimmed" className="wrap">{t("models.ignored", { names: found.ignored.join(", ") })}</Text> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
        <Button variant="default" disabled={add.length === 0} onClick={ignore}>{t("models.ignore", { count: add.length })}</Button>
        <Button disabled={add.length + remove.length === 0} onClick={apply}>{t("models.apply", { added: add.length, removed: remove.length })}</Button>
      </Group>
    </Stack>
  );
}

type ChoiceProps = { label: string; names: string[]; chosen: string[]; onChange: (names: string[]) => void; colour: string };

function Choice({ label, names, chosen, onChange, colour }: ChoiceProps) {
  return (
    <div>
      {/* Outside the group, which would take it for one of its own. */}
      <Group gap={6} mb={4}>
        <Checkbox size="xs" aria-label={label} checked={names.length > 0 && chosen.length === names.length} indeterminate={chosen.length > 0 && chosen.length < names.length} disabled={names.length === 0} onChange={() => onChange(chosen.length === names.length ? [] : names)} />
        <Text size="sm" fw={600}>{label}</Text>
        <Badge color={colour}>{names.length}</Badge>
      </Group>
      <Checkbox.Group value={chosen} onChange={onChange} aria-label={label}>
        <ScrollArea.Autosize mah={220} viewportProps={{ tabIndex: 0 }}>
          <Stack gap={4}>{names.map((name) => <Checkbox key={name} size="xs" value={name} label={name} />)}</Stack>
        </ScrollArea.Autosize>
      </Checkbox.Group>
    </div>
  );
}
