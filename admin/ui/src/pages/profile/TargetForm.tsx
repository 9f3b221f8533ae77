/** The form of one notification target, one's own or of an organisation or the gateway. Keys and secrets are written, never read. */
import { MultiSelect, PasswordInput, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { ResourceForm, useResourceForm } from "~/components";

type Target = Schema<"TargetOut">;
type Kind = Target["kind"];
export type Owner = Target["owner"];
type Props = { target: Target | null; onSaved: (secret?: string | null) => unknown; close: () => void; owners?: Owner[] };
type Values = { kind: Kind; owner: Owner; name: string; url: string; key: string; address: string; events: string[] };
const KINDS: Kind[] = ["email", "webhook", "bark", "gotify"];
const MINE: Owner[] = ["me"];

export function TargetForm({ target, onSaved, close, owners = MINE }: Props) {
  const { t } = useTranslation("profile");
  const operator = useCan()("notifications.write", "all");
  const kinds = useQuery({ queryKey: ["event-kinds"], queryFn: ({ signal }) => ok(api.GET("/api/v1/notifications/kinds", { signal })), staleTime: 300_000 });
  const events = useMemo(() => {
    const names = (kinds.data?.items ?? []).filter((kind) => operator || !kind.operators).map((kind) => kind.name);
    const nouns = [...new Set(names.map((name) => `${name.split(".")[0]}.*`))];
    return [...new Set(["*", ...nouns, ...names, ...(target?.events ?? [])])].map((value) => ({ value, label: value === "*" ? t("targets.all") : value }));
  }, [kinds.data, operator, target, t]);
  const form = useResourceForm<Values, Schema<"TargetOut"> | Schema<"TargetCreated">>({
    initial: { kind: target?.kind ?? "email", owner: target?.owner ?? owners[0] ?? "me", name: target?.name ?? "", url: target?.url ?? "", key: "", address: target?.address ?? "", events: target?.events ?? ["*"] },
    save: ({ kind, owner, name, url, key, address, events: chosen }) => {
      const server = kind === "email" ? {} : { url, ...(key ? { key } : {}) };
      if (target) return ok(api.PATCH("/api/v1/notifications/targets/{target}", { params: { path: { target: target.id } }, body: { name, events: chosen, ...server } }));
      return ok(api.POST("/api/v1/notifications/targets", { body: { kind, name, owner, events: chosen, ...server, ...(kind === "email" && address ? { address } : {}) } }));
    },
    onSaved: (made) => onSaved("secret" in made ? made.secret : null),
  });
  const { kind, owner } = form.values;
  return (
    <ResourceForm form={form} onCancel={close} fresh={!target} action={target ? undefined : t("targets.add")}>
      <Stack gap="sm">
        {target ? null : <SegmentedControl fullWidth aria-label={t("targets.kind")} data={KINDS.map((value) => ({ value, label: t(`targets.kinds.${value}`) }))} {...form.field("kind")} />}
        {target || owners.length < 2 ? null : <SegmentedControl fullWidth aria-label={t("targets.owner")} data={owners.map((value) => ({ value, label: t(`targets.owners.${value}`) }))} {...form.field("owner")} />}
        <TextInput label={t("targets.name")} maxLength={100} data-autofocus {...form.field("name")} />
        {kind === "email" && !target ? <TextInput type="email" label={t("targets.address")} description={t(`targets.addressHints.${owner}`)} {...form.field("address")} /> : null}
        {kind === "email" ? null : <TextInput type="url" label={t("targets.url")} {...form.field("url")} />}
        {kind === "bark" || kind === "gotify" ? (
          <PasswordInput label={t(`targets.key.${kind}`)} description={target ? t("targets.keyKept") : undefined} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": t("password.show") }} {...form.field("key")} />
        ) : null}
        <MultiSelect label={t("targets.events")} data={events} searchable comboboxProps={{ zIndex: 450 }} {...form.field("events")} />
      </Stack>
    </ResourceForm>
  );
}
