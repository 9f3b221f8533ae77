/** What the library of prices says otherwise than the seeded ones: looked at, chosen, taken over. */
import { Button, Checkbox, Group, Loader, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { done, failed, ProblemText, Status, type Tone } from "~/components";

type Difference = Schema<"PriceDifference">;
const TONES: Record<Difference["kind"], Tone> = { new: "good", changed: "warn", gone: "bad" };
const SHOWN = 500;
const text = (value: unknown): string => (value === null || value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value));

export function Sync({ close, onDone }: { close: () => void; onDone: () => unknown }) {
  const { t } = useTranslation(["prices", "common"]);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const found = useQuery({ queryKey: ["prices", "sync"], queryFn: () => ok(api.GET("/api/v1/prices/sync")), gcTime: 0 });
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  const { items, library } = found.data;
  const approve = async (names: string[] | null) => {
    setBusy(true);
    try {
      const taken = await ok(api.POST("/api/v1/prices/sync", { body: { names } }));
      await onDone();
      done(t("sync.done", { count: taken.items.length }));
      close();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  if (items.length === 0) return <Text size="sm" role="status">{t("sync.equal", { version: library })}</Text>;
  const put = (name: string, on: boolean) => setChosen((before) => { const next = new Set(before); on ? next.add(name) : next.delete(name); return next; });
  return (
    <Stack gap="sm">
      <Text size="sm">{t("sync.about", { version: library, count: items.length })}</Text>
      <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0 }}>
        <Table className="wrap" fz="xs">
          <Table.Thead><Table.Tr><Table.Th><Checkbox size="xs" aria-label={t("sync.all")} checked={chosen.size === items.length} indeterminate={chosen.size > 0 && chosen.size < items.length} onChange={() => setChosen(chosen.size === items.length ? new Set() : new Set(items.map((one) => one.name)))} /></Table.Th><Table.Th>{t("model")}</Table.Th><Table.Th>{t("sync.kind")}</Table.Th><Table.Th>{t("sync.what")}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {items.slice(0, SHOWN).map((one) => (
              <Table.Tr key={one.name}>
                <Table.Td><Checkbox size="xs" aria-label={one.name} checked={chosen.has(one.name)} onChange={(event) => put(one.name, event.currentTarget.checked)} /></Table.Td>
                <Table.Td>{one.model}<Text span inherit c="dimmed"> {one.provider}</Text></Table.Td>
                <Table.Td><Status tone={TONES[one.kind]}>{t(`sync.kinds.${one.kind}`)}</Status></Table.Td>
                <Table.Td>{Object.entries(one.fields).map(([field, [before, after]]) => <div key={field}>{field}: <Text span inherit c="dimmed" td="line-through">{text(before)}</Text> {text(after)}</div>)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
        <Button variant="default" loading={busy} onClick={() => approve(null)}>{t("sync.takeAll")}</Button>
        <Button loading={busy} disabled={chosen.size === 0} onClick={() => approve([...chosen])}>{t("sync.take", { count: chosen.size })}</Button>
      </Group>
    </Stack>
  );
}
