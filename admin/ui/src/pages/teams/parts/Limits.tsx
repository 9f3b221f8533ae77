/** Rate limits that name a team: of the whole team, or of each key or person in it. Operators set them. */
import { ActionIcon, Button, Group, NumberInput, Select, Stack, Table, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { Count } from "~/components";
import { useAct } from "./act";

type Limit = Schema<"LimitOut">;
const METRICS = ["requests", "tokens", "concurrent"] as const;
const WINDOWS = ["second", "minute", "hour", "day"] as const;
const EACH = ["team", "user", "key"] as const;
type Fields = { metric: (typeof METRICS)[number]; window: (typeof WINDOWS)[number]; each: (typeof EACH)[number]; amount: number };

export function Limits({ team, place, limits }: { team: Schema<"TeamOut">; place: string; limits: Limit[] }) {
  const { t } = useTranslation("teams");
  const write = useCan()("limits.write", "all");
  const act = useAct(["teams", "limits", team.id]);
  const each = (one: Limit) => (one.per.length === 0 ? t("each.team") : one.per.map((name) => (name === "user" || name === "key" ? t(`each.${name}`) : name)).join(", "));
  const add = ({ metric, window, each: per, amount }: Fields) => {
    const wide = metric === "concurrent" ? null : window;
    // One name for one place, whatever the team is called: setting it again replaces it.
    const name = ["team", team.id, metric, wide, per === "team" ? null : per].filter(Boolean).join(" ");
    return act(() => ok(api.PUT("/api/v1/limits", { body: { name, metric, window: wide, amount, match: { team: place }, per: per === "team" ? [] : [per], enabled: true } })), t("limitSet"));
  };
  return (
    <Stack gap="sm">
      {limits.length === 0 ? <Text size="sm" c="dimmed">{t("noLimits")}</Text> : (
        <Table>
          <Table.Tbody>
            {limits.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td><Count value={one.amount} /> {t(`metrics.${one.metric}`)} {one.window ? t(`windows.${one.window}`) : ""}</Table.Td>
                <Table.Td>{each(one)}</Table.Td>
                {write ? <Table.Td w={44}><ActionIcon aria-label={t("dropLimitOf", { name: one.name })} onClick={() => void act(() => api.DELETE("/api/v1/limits/{limit}", { params: { path: { limit: String(one.id) } } }), t("limitGone"))}><IconTrash size={16} /></ActionIcon></Table.Td> : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {write ? <Fresh add={add} /> : null}
    </Stack>
  );
}

function Fresh({ add }: { add: (fields: Fields) => Promise<boolean> }) {
  const { t } = useTranslation("teams");
  const [fields, setFields] = useState<Fields>({ metric: "requests", window: "minute", each: "team", amount: 60 });
  const put = (part: Partial<Fields>) => setFields({ ...fields, ...part });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void add(fields); }}>
      <Group gap="xs" align="flex-end">
        <NumberInput label={t("atMost")} w={110} min={1} allowDecimal={false} value={fields.amount} onChange={(amount) => put({ amount: Number(amount) || 1 })} />
        <Select label={t("metric")} w={130} allowDeselect={false} value={fields.metric} data={METRICS.map((value) => ({ value, label: t(`metrics.${value}`) }))} onChange={(value) => put({ metric: (value ?? "requests") as Fields["metric"] })} />
        {fields.metric === "concurrent" ? null : <Select label={t("window")} w={120} allowDeselect={false} value={fields.window} data={WINDOWS.map((value) => ({ value, label: t(`windows.${value}`) }))} onChange={(value) => put({ window: (value ?? "minute") as Fields["window"] })} />}
        <Select label={t("eachTitle")} w={140} allowDeselect={false} value={fields.each} data={EACH.map((value) => ({ value, label: t(`each.${value}`) }))} onChange={(value) => put({ each: (value ?? "team") as Fields["each"] })} />
        <Button type="submit" variant="default">{t("setLimit")}</Button>
      </Group>
    </form>
  );
}
