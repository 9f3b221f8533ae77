/** The first channel: whose models, and with which key. */
import { Anchor, Button, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { useStep } from "./useStep";

export function Provider({ onDone }: { onDone: (channel: number) => void }) {
  const { t } = useTranslation("setup");
  const { busy, problem, fields, during } = useStep();
  const list = useQuery({ queryKey: ["providers"], queryFn: () => ok(api.GET("/api/v1/providers")), staleTime: 600_000 });
  const [id, setId] = useState<string | null>(null);
  const [address, setAddress] = useState("");
  const [secret, setSecret] = useState("");
  const [needs, setNeeds] = useState<Record<string, string>>({});
  const providers = list.data?.items ?? [];
  const chosen = providers.find((one) => one.id === id);
  const submit = () =>
    during(async () => {
      if (!chosen) return;
      const settings = Object.keys(needs).length > 0 ? { parameters: needs } : undefined;
      const made = await ok(
        api.POST("/api/v1/channels", {
          body: { name: `${chosen.id}-${Date.now().toString(36).slice(-4)}`, provider: chosen.id, base_url: address.trim() || null, secret: secret.trim() || null, ...(settings ? { settings } : {}) },
        }),
      );
      onDone(made.id);
    });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <Stack gap="sm">
        {problem ? <ProblemText error={problem} /> : null}
        {list.isError ? <ProblemText error={list.error} retry={() => list.refetch()} /> : null}
        <Select label={t("provider")} description={t("providerHint")} searchable data={providers.map((one) => ({ value: one.id, label: one.name }))} value={id} error={fields.provider}
          onChange={(next) => { setId(next); setNeeds({}); setAddress(""); }} maxDropdownHeight={260} />
        {chosen?.note ? <Text size="xs" c="dimmed">{chosen.note}</Text> : null}
        {chosen ? (
          <TextInput label={t("address")} description={t(chosen.base_url ? "addressHint" : "addressNeeded")} placeholder={chosen.base_url} value={address} required={!chosen.base_url} withAsterisk={false}
            error={fields.base_url} onChange={(event) => setAddress(event.currentTarget.value)} />
        ) : null}
        {Object.entries(chosen?.needs ?? {}).map(([name, about]) => (
          <TextInput key={name} label={name} description={about} value={needs[name] ?? ""} required withAsterisk={false} onChange={(event) => setNeeds({ ...needs, [name]: event.currentTarget.value })} />
        ))}
        {chosen ? (
          <PasswordInput label={t("secret")} description={t("secretHint")} value={secret} autoComplete="off" required={chosen.secret} withAsterisk={false} error={fields.secret}
            onChange={(event) => setSecret(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showSecret") }} />
        ) : null}
        {chosen?.docs ? <Anchor size="xs" href={chosen.docs} target="_blank" rel="noreferrer">{t("docs", { name: chosen.name })}</Anchor> : null}
        <Button type="submit" loading={busy} disabled={!chosen}>{t("next")}</Button>
      </Stack>
    </form>
  );
}
