/** One model: what it is called, what it can, what it costs, how well it works. */
import { Badge, Group, Paper, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Copy } from "~/components/Copy";
import { Usd } from "~/components/values";
import { shortNumber } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { nanoOf } from "~/lib/money";
import { Level } from "./Level";
import { useAbility } from "./useAbility";

export function Card({ model }: { model: Schema<"OfferedModel"> }) {
  const { t } = useTranslation("marketplace");
  const ability = useAbility();
  const locale = useLocale();
  const { price } = model;
  // Finer than a nano-USD is something too.
  const isSome = (text: string) => text !== "" && (nanoOf(text) ?? 1n) > 0n;
  return (
    <Paper withBorder p="sm" component="article" className="model" aria-label={model.name}>
      <Group gap={4} wrap="nowrap" justify="space-between">
        <Title order={2} size="h4" className="wrap">{model.title || model.name}</Title>
        <Copy text={model.name} label={t("models.copy", { name: model.name })} />
      </Group>
      <Text size="xs" c="dimmed" ff="monospace" className="wrap">{model.name}</Text>
      {model.alias_of ? <Text size="xs" c="dimmed" className="wrap">{t("models.alias", { name: model.alias_of })}</Text> : null}
      {model.description ? <Text size="sm" mt={4} lineClamp={3} className="wrap">{model.description}</Text> : null}
      <Group gap={4} mt={6}>
        {model.vendor ? <Badge color="accent">{model.vendor}</Badge> : null}
        {model.context_tokens ? <Badge color="gray">{`${t("models.context")} ${shortNumber(model.context_tokens, locale)}`}</Badge> : null}
        {[...new Set([...model.capabilities.map(ability), ...model.tags])].map((one) => <Badge key={one} color="gray">{one}</Badge>)}
      </Group>
      {price ? (
        <dl className="prices">
          <div><dt>{t("models.input")}</dt><dd><Usd text={price.input} /></dd></div>
          <div><dt>{t("models.output")}</dt><dd><Usd text={price.output} /></dd></div>
          {isSome(price.cache_read) ? <div><dt>{t("models.cached")}</dt><dd><Usd text={price.cache_read} /></dd></div> : null}
          {isSome(price.call) ? <div><dt>{t("models.call")}</dt><dd><Usd text={price.call} /></dd></div> : null}
        </dl>
      ) : <Text size="sm" c="dimmed" my={8}>{t("models.noPrice")}</Text>}
      {price?.more ? <Text size="xs" c="dimmed">{t("models.moreTerms")}</Text> : null}
      {model.level ? <Level level={model.level} /> : null}
    </Paper>
  );
}
