/** Priority and weight of a channel, changed where they stand. */
import { Button, Group, NumberInput, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { done, ProblemText } from "~/components";
import { at, KEY } from "./data";

type Ranked = { id: number; name: string; priority: number; weight: number };
/** What depends on the order of channels. */
const AFTER = [KEY, ["route"]];

export function Rank({ channel, writes }: { channel: Ranked; writes: boolean }) {
  const { t } = useTranslation(["channels", "common"]);
  const [open, setOpen] = useState(false);
  const shown = <><b>{channel.priority}</b> <Text span inherit c="dimmed">/ {channel.weight}</Text></>;
  if (!writes) return <span className="num">{shown}</span>;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className="num" fz="inherit" td="underline dotted" style={{ textUnderlineOffset: 4 }} onClick={() => setOpen(!open)} aria-label={t("rankOf", { name: channel.name, priority: channel.priority, weight: channel.weight })}>{shown}</UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="sm" data-inner aria-label={t("rank")}>
        <Form channel={channel} close={() => setOpen(false)} />
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
