/** The form of one safety rule, with a text that it is tried on while it is written. */
import { Checkbox, Fieldset, Group, Loader, SegmentedControl, Select, Stack, Switch, TextInput, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";
import { Finds } from "./Finds";
import { Scope } from "./Scope";
import { ACTIONS, bodyOf, FRESH, KINDS, type Rule, STAGES, type Values, valuesOf } from "./shape";
import { Try } from "./Try";

type Props = { id?: number; onSaved: () => unknown; close: () => void };

const read = (id: number) => tagged(api.GET("/api/v1/safety-rules/{rule}", { params: { path: { rule: String(id) } } }));

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["safety", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields stored={null} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields stored={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ stored, etag, onSaved, close }: Omit<Props, "id"> & { stored: Rule | null; etag?: string }) {
  const { t } = useTranslation("safety");
  const queries = useQueryClient();
  const may = useCan()("safety.write", "all");
  const initial = stored ? valuesOf(stored) : FRESH;
  const form = useResourceForm<Values, Rule>({
    initial, etag,
    reload: stored ? async () => { const found = await read(stored.id); return { value: valuesOf(found.value), etag: found.etag }; } : undefined,
    save: (values, tag) => {
      if (!stored) return ok(api.POST("/api/v1/safety-rules", { body: bodyOf(values) }));
      const { kind: _, ...patch } = bodyOf(values, values.words !== initial.words);
      return ok(api.PATCH("/api/v1/safety-rules/{rule}", { params: { path: { rule: String(stored.id) }, header: ifMatch(tag) }, body: patch }));
    },
    onSaved: async () => {
      await onSaved();
      if (stored) queries.removeQueries({ queryKey: ["safety", "edit", stored.id] });
      done(t("saved"));
      close();
    },
  });
  const { kind, action } = form.values;
  const body = bodyOf(form.values);
  return (
    <ResourceForm form={form} onCancel={close} fresh={!stored} action={stored ? undefined : t("nav.create")}>
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="sm">
          <TextInput label={t("name")} maxLength={64} data-autofocus {...form.field("name")} />
          {stored ? null : <SegmentedControl fullWidth aria-label={t("kind")} data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))} {...form.field("kind")} />}
          <Finds form={form} stored={stored} />
          <Group grow align="flex-start">
            {kind === "webhook" ? null : <Select label={t("action")} description={t(`actionHint.${action}`)} allowDeselect={false} data={ACTIONS.map((value) => ({ value, label: t(`actions.${value}`) }))} comboboxProps={{ zIndex: 450 }} {...form.field("action")} />}
            <Checkbox.Group label={t("stage")} {...form.field("stages")}>
              <Stack gap={6} mt={4}>{STAGES.map((value) => <Checkbox key={value} value={value} label={t(`stages.${value}`)} />)}</Stack>
            </Checkbox.Group>
          </Group>
          {action === "mask" && kind !== "webhook" ? <TextInput label={t("mask")} description={t("maskHint", { kind: "{kind}", rule: "{rule}" })} maxLength={100} {...form.field("mask")} /> : null}
          {action === "block" || kind === "webhook" ? <Textarea label={t("message")} description={t("messageHint")} autosize maxLength={500} {...form.field("message")} /> : null}
          <Scope form={form} />
          <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
        </Stack>
      </fieldset>
      <Fieldset legend={t("try.title")}><Try rule={{ ...body, name: body.name || t("try.unnamed") }} webhook={kind === "webhook"} /></Fieldset>
    </ResourceForm>
  );
}
