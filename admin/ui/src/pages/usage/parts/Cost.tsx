/** The arithmetic of a cost, line by line, to the last place. */
import { Alert, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Money, Said, Status, Usd, When } from "~/components";
import { numberText, shortNumber } from "~/lib/format";
import { useLocale } from "~/lib/hooks";

export function Cost({ cost }: { cost: Schema<"ExplainOut"> }) {
  const { t } = useTranslation("usage");
  const locale = useLocale();
  const words = useWords();
  return (
    <Stack gap="sm">
      {cost.price ? null : <Alert color="yellow" p="xs">{t("sum.noPrice")}</Alert>}
      <Table.ScrollContainer minWidth={320}>
        <Table horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("sum.component")}</Table.Th><Table.Th ta="right">{t("sum.quantity")}</Table.Th><Table.Th ta="right">{t("sum.price")}</Table.Th><Table.Th ta="right">{t("sum.amount")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cost.lines.map((line) => (
              <Table.Tr key={line.component}>
                <Table.Td>{words.part(line.component)}</Table.Td>
                <Table.Td ta="right" className="num">{numberText(Number(line.quantity), locale, 3)}</Table.Td>
                <Table.Td ta="right" className="num"><Usd text={line.unit_price} exact /> <Text size="xs" c="dimmed">/ {words.per(line.per)}</Text></Table.Td>
                <Table.Td ta="right" className="num"><Usd text={line.amount} exact /></Table.Td>
              </Table.Tr>
            ))}
            <Line name={t("sum.sum")} value={<Usd text={cost.sum} exact />} />
            {cost.tier_above > 0 ? <Line name={t("sum.tier")} value={`> ${numberText(cost.tier_above, locale)}`} /> : null}
            <Line name={t("sum.window")} value={`× ${cost.window}`} />
            <Line name={t("sum.group")} value={`× ${cost.group}`} />
            <Line name={t("sum.channel")} value={`× ${cost.channel}`} />
            <Line name={t("providerCost")} value={<Money nano={cost.provider_cost} exact />} />
            <Line name={t("sum.booked")} value={<b><Money nano={cost.cost} exact /></b>} />
            {cost.corrections.map((one) => (
              <Line key={one.reference} name={<>{t("sum.correction")} · <When at={one.at * 1e6} absolute /></>} value={<Money nano={one.cost} exact />} />
            ))}
            {cost.corrections.length > 0 ? <Line name={t("sum.corrected")} value={<Money nano={cost.corrected_cost} exact />} /> : null}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <div><Status tone={cost.matches ? "good" : "warn"}>{t(cost.matches ? "sum.matches" : "sum.differs")}</Status></div>
      {cost.problems_said.map((one) => <Text key={one.text} size="sm" className="wrap"><Said said={one} /></Text>)}
    </Stack>
  );
}

const COMPONENTS = ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "image_input", "image_output", "audio_input", "audio_output"] as const;
const PARTS = ["call", "media", "image", "tool"] as const;

/** What a line of the arithmetic is of: tokens of a kind, or "image:hd", "tool:web_search", by the piece. */
function useWords() {
  const { t } = useTranslation(["usage", "prices"]);
  const locale = useLocale();
  return {
    part: (name: string): string => {
      const [kind = "", ...rest] = name.split(":");
      const tokens = COMPONENTS.find((one) => one === kind);
      const piece = PARTS.find((one) => one === kind);
      const word = tokens ? t(`prices:components.${tokens}`) : piece ? t(`sum.parts.${piece}`) : kind;
      return rest.length > 0 ? `${word} · ${rest.join(":")}` : word;
    },
    per: (unit: string): string =>
      unit === "second" ? t("sum.per.second") : PARTS.some((one) => one === unit) ? t("sum.per.one") : t("sum.per.tokens", { number: shortNumber(1e6, locale) }),
  };
}

function Line({ name, value }: { name: React.ReactNode; value: React.ReactNode }) {
  return <Table.Tr><Table.Td colSpan={3}>{name}</Table.Td><Table.Td ta="right" className="num">{value}</Table.Td></Table.Tr>;
}
