/** One change for many channels: which field, which value, and how many channels it would reach. */
import { Autocomplete, Button, Group, MultiSelect, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ProblemText } from "~/components";
import { PROXY, useGroupNames, useTags } from "./data";

const WAIT = 250;
type Patch = Schema<"ChannelPatch">;
const FIELDS = ["tag", "priority", "weight", "groups", "auto_disable", "watch_models", "test_model", "price_ratio", "proxy"] as const;
export const WATCHES = ["off", "notify", "add", "sync"] as const;

export function ChangeForm({ ids, answer }: { ids: number[]; answer: (patch: Patch | null) => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const [field, setField] = useState<(typeof FIELDS)[number]>("tag");
  const [patch, setPatch] = useState<Patch>({ tag: "" });
  const tags = useTags();
  const groups = useGroupNames();
  // Not for each letter that is typed: what is not finished yet would be refused.
  const [asked] = useDebouncedValue(patch, WAIT);
  const tried = useQuery({
    queryKey: ["channels", "dry", ids, asked],
    queryFn: () => ok(api.POST("/api/v1/channels/bulk", { body: { ids, action: "change", values: asked, dry_run: true } })),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const choose = (next: (typeof FIELDS)[number]) => {
    setField(next);
    setPatch({ tag: { tag: "" }, priority: { priority: 0 }, weight: { weight: 1 }, groups: { groups: null }, auto_disable: { auto_disable: true }, watch_models: { watch_models: "off" as const }, test_model: { test_model: "" }, price_ratio: { settings: { price_ratio: null } }, proxy: { settings: { proxy: null } } }[next]);
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); answer(patch); }}>
      <Stack gap="sm">
        <Select
          label={t("bulk.field")} allowDeselect={false} data={FIELDS.map((value) => ({ value, label: t(`fields.${value}`) }))} value={field}
          onChange={(value) => choose(FIELDS.find((one) => one === value) ?? "tag")}
        />
        {field === "tag" ? <Autocomplete label={t("fields.tag")} description={t("bulk.tagHint")} data={tags.data ?? []} value={patch.tag ?? ""} onChange={(tag) => setPatch({ tag })} maxLength={64} /> : null}
        {field === "priority" ? <NumberInput label={t("fields.priority")} allowDecimal={false} value={patch.priority} onChange={(value) => setPatch({ priority: Number(value) || 0 })} /> : null}
        {field === "weight" ? <NumberInput label={t("fields.weight")} allowDecimal={false} min={0} value={patch.weight} onChange={(value) => setPatch({ weight: Number(value) || 0 })} /> : null}
        {field === "groups" ? <MultiSelect label={t("fields.groups")} placeholder={patch.groups?.length ? undefined : t("allGroups")} data={groups.data ?? []} value={patch.groups ?? []} onChange={(value) => setPatch({ groups: value.length ? value : null })} /> : null}
        {field === "test_model" ? <TextInput label={t("fields.test_model")} description={t("form.testModelHint")} value={patch.test_model ?? ""} onChange={(event) => setPatch({ test_model: event.currentTarget.value.trim() })} /> : null}
        {field === "price_ratio" ? <TextInput label={t("fields.price_ratio")} description={t("form.ratioHint")} inputMode="decimal" placeholder="1" value={String(patch.settings?.price_ratio ?? "")} onChange={(event) => setPatch({ settings: { price_ratio: event.currentTarget.value.trim() || null } })} /> : null}
        {field === "proxy" ? <TextInput label={t("fields.proxy")} description={t("form.proxyHint")} placeholder={PROXY} value={patch.settings?.proxy ?? ""} onChange={(event) => setPatch({ settings: { proxy: event.currentTarget.value.trim() || null } })} /> : null}
        {field === "auto_disable" ? <Switch label={t("fields.auto_disable")} checked={patch.auto_disable} onChange={(event) => setPatch({ auto_disable: event.currentTarget.checked })} /> : null}
        {field === "watch_models" ? <Select label={t("fields.watch_models")} allowDeselect={false} data={WATCHES.map((value) => ({ value, label: t(`watches.${value}`) }))} value={patch.watch_models} onChange={(value) => setPatch({ watch_models: WATCHES.find((one) => one === value) })} /> : null}
        {tried.isError ? <ProblemText error={tried.error} /> : <Text size="sm" c="dimmed" aria-live="polite" mih={20}>{tried.data ? t("bulk.reach", { count: tried.data.matched }) : ""}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer(null)}>{t("common:cancel")}</Button>
          <Button type="submit">{t("bulk.change")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
