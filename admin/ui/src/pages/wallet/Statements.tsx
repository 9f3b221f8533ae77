/** A month's statement: what was there, what came, what went, so that it adds up; bookings and models; as a file too. */
import { Anchor, Group, Select, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, GATEWAY, ok } from "~/api";
import { Count, ProblemText, Status, Usd, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { useReason } from "./useReason";
import { ownerOf, type Whose } from "./whose";

const MONTHS = 24;

/** The last months as "2026-11", the present one first. Months are whole in UTC. */
function lastMonths(now: Date): string[] {
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7));
}

export function Statements({ whose }: { whose: Whose }) {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const [url, setUrl] = useSearchParams();
  const months = useMemo(() => lastMonths(new Date()), []);
  const month = months.find((one) => one === url.get("month")) ?? months[0] ?? "";
  const query = ownerOf(whose);
  const found = useQuery({
    queryKey: ["wallet", "statement", month, whose], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/statements/{month}", { params: { path: { month }, query }, signal })),
  });
  const title = (one: string) => new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${one}-01T00:00:00Z`));
  const file = (format: string) => `${GATEWAY}/api/v1/statements/${month}?${new URLSearchParams(query)}&format=${format}`;
  const one = found.data;
  const reason = useReason();
  return (
    <Stack gap="sm" maw={860}>
      <Group justify="space-between" align="flex-end">
        <Select label={t("statement.month")} data={months.map((value) => ({ value, label: title(value) }))} value={month} allowDeselect={false} onChange={(value) => setUrl((now) => { const made = new URLSearchParams(now); made.set("month", value ?? month); return made; }, { replace: true })} />
        <Group gap="sm">
          {(["pdf", "html", "csv"] as const).map((format) => <Anchor key={format} size="sm" href={file(format)} target="_blank" rel="noreferrer">{format.toUpperCase()}</Anchor>)}
        </Group>
      </Group>
      {found.isError ? <ProblemText error={found.error} /> : null}
      {one ? (
        <>
          <Group gap="xs">{one.final ? null : <Status tone="info">{t("statement.running")}</Status>}</Group>
          <Table aria-label={t("statement.arithmetic")} maw={460}>
            <Table.Tbody>
              <Table.Tr><Table.Th scope="row">{t("statement.opening")}</Table.Th><Table.Td ta="right"><Usd text={one.opening} /></Table.Td></Table.Tr>
              {Object.entries(one.by_reason).map(([name, amount]) => <Table.Tr key={name}><Table.Th scope="row" fw={400} pl="lg">{reason(name)}</Table.Th><Table.Td ta="right"><Usd text={amount} /></Table.Td></Table.Tr>)}
              <Table.Tr><Table.Th scope="row">{t("statement.closing")}</Table.Th><Table.Td ta="right"><b><Usd text={one.closing} /></b></Table.Td></Table.Tr>
              {one.spent_from_subscriptions === "0" ? null : <Table.Tr><Table.Th scope="row" fw={400} c="dimmed">{t("statement.spentFromPlans")}</Table.Th><Table.Td ta="right" c="dimmed"><Usd text={one.spent_from_subscriptions} /></Table.Td></Table.Tr>}
            </Table.Tbody>
          </Table>
          {one.lines.length > 0 ? (
            <Table.ScrollContainer minWidth={480}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>{t("entry.at")}</Table.Th><Table.Th>{t("entry.reason")}</Table.Th><Table.Th>{t("entry.note")}</Table.Th><Table.Th ta="right">{t("entry.amount")}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {one.lines.map((line) => <Table.Tr key={`${line.at} ${line.reference} ${line.reason}`}><Table.Td><When at={line.at} absolute /></Table.Td><Table.Td>{reason(line.reason)}</Table.Td><Table.Td className="wrap">{line.note || line.reference}</Table.Td><Table.Td ta="right"><Usd text={line.amount} /></Table.Td></Table.Tr>)}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          ) : null}
          {one.models.length > 0 ? (
            <Table.ScrollContainer minWidth={480}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>{t("statement.model")}</Table.Th><Table.Th ta="right">{t("statement.requests")}</Table.Th><Table.Th ta="right">{t("statement.input")}</Table.Th><Table.Th ta="right">{t("statement.output")}</Table.Th><Table.Th ta="right">{t("statement.cost")}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {one.models.map((line) => (
                    <Table.Tr key={line.model}>
                      <Table.Td className="wrap">{line.model}</Table.Td><Table.Td ta="right"><Count value={line.requests} /></Table.Td><Table.Td ta="right"><Count value={line.input_tokens} short /></Table.Td>
                      <Table.Td ta="right"><Count value={line.output_tokens} short /></Table.Td><Table.Td ta="right"><Usd text={line.cost} /></Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          ) : <Text size="sm" c="dimmed">{t("statement.none")}</Text>}
        </>
      ) : found.isError ? null : <div aria-busy="true" />}
    </Stack>
  );
}
