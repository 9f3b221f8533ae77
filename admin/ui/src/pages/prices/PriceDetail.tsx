/** A price: its parts, its versions, and the form of the next one. */
import { Button, Group, Loader, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconEdit } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import { Count, ProblemText, Status, Usd, When } from "~/components";
import { COMPONENTS, type Price } from "./values";

const Editor = lazy(() => import("./Editor"));
const MOST = 1000;

export function PriceDetail({ price, onSaved, close }: { price: Price; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("prices");
  const writes = useCan()("prices.write", "all");
  const [editing, setEditing] = useState(false);
  if (editing) return <Suspense fallback={<Loader size="sm" />}><Editor price={price} onSaved={onSaved} close={() => { setEditing(false); close(); }} /></Suspense>;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">{price.provider || t("anyProvider")} · {t(`sources.${price.source}`)}</Text>
        {writes ? <Button size="compact-sm" leftSection={<IconEdit size={14} />} onClick={() => setEditing(true)}>{t("newVersion")}</Button> : null}
      </Group>
      <Parts price={price} />
      <Versions price={price} />
    </Stack>
  );
}

function Parts({ price }: { price: Price }) {
  const { t } = useTranslation("prices");
  const days = (list: unknown) => (Array.isArray(list) && list.length ? list.map((day) => t(`days.${day as 0}`)).join(", ") : t("days.all"));
  return (
    <Stack gap="xs">
      <Table className="wrap">
        <Table.Thead>
          <Table.Tr><Table.Th>{t("perMillion")}</Table.Th><Table.Th ta="right">{t("amount")}</Table.Th>{price.tiers.map((tier) => <Table.Th key={String(tier.above)} ta="right">{t("tiers.above")} <Count value={Number(tier.above)} short /></Table.Th>)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {COMPONENTS.filter((name) => price[name] !== null || price.tiers.some((tier) => tier[name])).map((name) => (
            <Table.Tr key={name}>
              <Table.Td>{t(`components.${name}`)}</Table.Td>
              <Table.Td ta="right"><Usd exact text={price[name]} /></Table.Td>
              {price.tiers.map((tier) => <Table.Td key={String(tier.above)} ta="right"><Usd exact text={tier[name] as string | null} /></Table.Td>)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {(["call", "second"] as const).map((name) => (price[name] ? <Text key={name} size="sm" component="div">{t(`components.${name}`)}: <Usd exact text={price[name]} /></Text> : null))}
      {Object.entries({ ...price.images, ...price.tools }).map(([name, usd]) => <Text key={name} size="sm" component="div">{name}: <Usd exact text={usd} /></Text>)}
      {price.windows.map((one) => <Text key={`${one.start}${one.end}`} size="sm">{t("windows.told", { start: String(one.start), end: String(one.end), ratio: String(one.ratio) })} · {days(one.days)}</Text>)}
      {price.ratios ? <Text size="xs" c="dimmed" className="wrap">{t("ratios.title")}: {Object.entries(price.ratios).map(([name, value]) => `${name} ${value}`).join(" · ")}</Text> : null}
    </Stack>
  );
}

function Versions({ price }: { price: Price }) {
  const { t } = useTranslation("prices");
  const versions = useQuery({
    queryKey: ["prices", "versions", price.provider, price.model],
    queryFn: async () => {
      const query = { search: price.model, history: true, limit: MOST, offset: 0, ...(price.provider ? { provider: price.provider } : {}) };
      const { items } = await ok(api.GET("/api/v1/prices", { params: { query } }));
      return items.filter((one) => one.model === price.model && one.provider === price.provider).sort((one, other) => (other.effective_from ?? "").localeCompare(one.effective_from ?? "") || other.id - one.id);
    },
  });
  if (versions.isError) return <ProblemText error={versions.error} />;
  if (!versions.data) return <Loader size="sm" />;
  return (
    <Table className="wrap">
      <Table.Caption>{t("versions")}</Table.Caption>
      <Table.Thead><Table.Tr><Table.Th>{t("source")}</Table.Th><Table.Th>{t("from")}</Table.Th><Table.Th>{t("until")}</Table.Th><Table.Th ta="right">{t("components.input")}</Table.Th><Table.Th ta="right">{t("components.output")}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        {versions.data.map((one) => (
          <Table.Tr key={one.id} fw={one.id === price.id ? 600 : undefined}>
            <Table.Td>{one.in_force ? <Status tone="good">{t(`sources.${one.source}`)}</Status> : t(`sources.${one.source}`)}</Table.Td>
            <Table.Td><When at={one.effective_from} /></Table.Td>
            <Table.Td><When at={one.effective_to} /></Table.Td>
            <Table.Td ta="right"><Usd exact text={one.input} /></Table.Td>
            <Table.Td ta="right"><Usd exact text={one.output} /></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
