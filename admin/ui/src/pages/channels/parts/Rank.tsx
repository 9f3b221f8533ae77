/** Priority and weight of a channel, changed where they stand. */
import { Button, Group, NumberInput, Popover, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { done, ProblemText, useLater } from "~/components";
import { at, KEY } from "./data";

type Ranked = { id: number; name: string; priority: number; weight: number };
/** What depends on the order of channels. */
const AFTER = [KEY, ["route"]];

export function Rank({ channel, writes }: { channel: Ranked; writes: boolean }) {
  const { t } = useTranslation(["channels", "common"]);
  const { button, made, opened, onChange, press } = useLater();
  const shown = <><b>{channel.priority}</b> <span className="dimmed">/ {channel.weight}</span></>;
  if (!writes) return <span className="num">{shown}</span>;
  const label = t("rankOf", { name: channel.name, priority: channel.priority, weight: channel.weight });
  if (!made) return <button type="button" className="num rank" aria-haspopup="dialog" aria-expanded={false} aria-label={label} onClick={press}>{shown}</button>;
  return (
    <Popover opened={opened} onChange={onChange} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button ref={button} type="button" className="num rank" aria-label={label} onClick={() => onChange(!opened)}>{shown}</button>
      </Popover.Target>
      <Popover.Dropdown p="sm" data-inner aria-label={t("rank")}>
        <Form channel={channel} close={() => onChange(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Form({ channel, close }: { channel: Ranked; close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [priority, setPriority] = useState<number | string>(channel.priority);
  const [weight, setWeight] = useState<number | string>(channel.weight);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const put = async (body: { priority: number; weight: number }) => {
    await ok(api.PATCH("/api/v1/channels/{channel}", { params: at(channel.id), body }));
    await Promise.all(AFTER.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  const save = async () => {
    setBusy(true);
    try {
      await put({ priority: Number(priority), weight: Number(weight) });
      done(t("done.saved", { name: channel.name }), () => put({ priority: channel.priority, weight: channel.weight }));
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); void save(); }}>
      <Stack gap="xs" w={220}>
        <NumberInput size="xs" label={t("fields.priority")} description={t("form.priorityHint")} allowDecimal={false} value={priority} onChange={setPriority} data-autofocus />
        <NumberInput size="xs" label={t("fields.weight")} description={t("form.weightHint")} allowDecimal={false} min={0} value={weight} onChange={setWeight} />
        {problem ? <ProblemText error={problem} /> : null}
        <Group justify="flex-end"><Button type="submit" size="compact-sm" loading={busy} disabled={priority === "" || weight === ""}>{t("common:save")}</Button></Group>
      </Stack>
    </form>
  );
}
