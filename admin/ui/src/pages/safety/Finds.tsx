/** What a rule looks for: words, patterns, detectors, or what a service says. */
import { Button, Checkbox, FileButton, Group, NumberInput, PasswordInput, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { ProblemText, type ResourceFormState } from "~/components";
import { MOST_WORDS, type Rule, type Values } from "./shape";

/** An example, the same in every language. */
const PATTERN = "PROJ-[0-9]{3,6}";

type Props = { form: ResourceFormState<Values>; stored: Rule | null };

export function Finds({ form, stored }: Props) {
  switch (form.values.kind) {
    case "words": return <Words form={form} stored={stored} />;
    case "patterns": return <Patterns form={form} />;
    case "detectors": return <Detectors form={form} />;
    case "webhook": return <Webhook form={form} stored={stored} />;
  }
}

/** The first field's error of a list: "words.3" stands at "words". */
const within = (form: ResourceFormState<Values>, name: string) => Object.entries(form.errors).find(([key]) => key === name || key.startsWith(`${name}.`))?.[1] as string | undefined;

function Words({ form, stored }: Props) {
  const { t } = useTranslation("safety");
  // A list that is not shown as a whole can be replaced, not edited.
  const cut = stored !== null && stored.word_count > MOST_WORDS && form.values.words === (stored.words ?? []).join("\n");
  const read = async (file: File | null) => {
    if (file) form.set("words", await file.text());
  };
  return (
    <Stack gap="xs">
      <Textarea label={t("words.label")} description={t("words.hint")} autosize minRows={4} maxRows={14} readOnly={cut} spellCheck={false} {...form.field("words")} error={within(form, "words")} />
      {cut ? <Text size="xs" c="dimmed">{t("words.cut", { count: stored.word_count })}</Text> : null}
      <Group justify="space-between" gap="xs">
        <Switch label={t("words.whole")} {...form.field("whole_words", "checkbox")} />
        <FileButton accept="text/*,.csv" inputProps={{ "aria-label": t("words.file") }} onChange={(file) => void read(file)}>
          {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconFileText size={14} />}>{t("words.file")}</Button>}
        </FileButton>
      </Group>
    </Stack>
  );
}

function Patterns({ form }: { form: Props["form"] }) {
  const { t } = useTranslation("safety");
  return (
    <Stack gap="xs">
      <Textarea label={t("patterns.label")} description={t("patterns.hint")} placeholder={PATTERN} autosize minRows={3} maxRows={14} spellCheck={false} styles={{ input: { fontFamily: "var(--c-mono)" } }} {...form.field("patterns")} error={within(form, "patterns")} />
      <NumberInput label={t("window.label")} description={t("window.hint")} min={16} max={2048} clampBehavior="none" allowDecimal={false} {...form.field("window")} />
    </Stack>
  );
}

function Detectors({ form }: { form: Props["form"] }) {
  const { t, i18n } = useTranslation("safety");
  const found = useQuery({ queryKey: ["detectors"], queryFn: ({ signal }) => ok(api.GET("/api/v1/safety-rules/detectors", { signal })), staleTime: 300_000 });
  const said = (name: string, about: string) => (i18n.exists(`safety:detector.${name}`) ? String(t(`detector.${name}` as never)) : about);
  if (found.isError) return <ProblemText error={found.error} />;
  return (
    <Checkbox.Group label={t("detectors")} {...form.field("detectors")} error={within(form, "detectors")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={6} mt={4} aria-busy={found.isPending || undefined}>
        {(found.data?.items ?? []).map(({ name, about }) => <Checkbox key={name} value={name} label={said(name, about)} />)}
      </SimpleGrid>
    </Checkbox.Group>
  );
}

function Webhook({ form, stored }: Props) {
  const { t } = useTranslation("safety");
  return (
    <Stack gap="sm">
      <TextInput type="url" label={t("webhook.url")} description={t("webhook.hint")} {...form.field("url")} />
      <PasswordInput label={t("webhook.secret")} description={t(stored?.has_secret ? "webhook.kept" : "webhook.signs")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("webhook.show") }} {...form.field("secret")} />
      <NumberInput label={t("webhook.timeout")} min={0.1} max={30} clampBehavior="none" decimalScale={1} {...form.field("timeout_s")} />
      <Switch label={t("webhook.open")} {...form.field("fail_open", "checkbox")} />
    </Stack>
  );
}
