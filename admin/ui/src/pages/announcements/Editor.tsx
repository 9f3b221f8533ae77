/** The form of one announcement, new or there already. The model that other forms copy. */
import { Group, Loader, NumberInput, Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, TimeInput, useResourceForm } from "~/components";

type Values = Required<Schema<"AnnouncementCreate">>;
type Row = Schema<"AnnouncementOut">;
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = {
  kind: "announcement", level: "info", title: "", body: "", link: "", position: 0, enabled: true, signed_in_only: false, visible_from: null, visible_until: null,
};
const KINDS = ["notice", "announcement", "faq", "api"] as const;
const LEVELS = ["info", "success", "warning", "critical"] as const;

const valuesOf = ({ id: _, created_at: __, updated_at: ___, ...values }: Row): Values => values;
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/announcements/{announcement}", { params: { path: { announcement: id } } }));
  return { value: valuesOf(value), etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["announcements", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("announcements");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial,
    etag,
    save: (values, tag) =>
      id === undefined
        ? ok(api.POST("/api/v1/announcements", { body: values }))
        : ok(api.PATCH("/api/v1/announcements/{announcement}", { params: { path: { announcement: id }, header: ifMatch(tag) }, body: values })),
    reload: id === undefined ? undefined : () => read(id),
    onSaved: async () => {
      await onSaved();
      queries.removeQueries({ queryKey: ["announcements", "edit", id] });
      done(t("saved"));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("title")} maxLength={200} data-autofocus {...form.field("title")} />
        <Group grow align="flex-start">
          <Select label={t("kind")} description={t("kindHint")} allowDeselect={false} data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))} {...form.field("kind")} />
          <Select label={t("level")} description={t("levelHint")} allowDeselect={false} data={LEVELS.map((value) => ({ value, label: t(`levels.${value}`) }))} {...form.field("level")} />
        </Group>
        <Textarea label={t("body")} description={t("bodyHint")} autosize minRows={5} maxRows={16} {...form.field("body")} />
        <TextInput label={t("link")} description={t("linkHint")} {...form.field("link")} />
        <Suspense>
          <Group grow align="flex-start">
            <TimeInput label={t("from")} {...form.field("visible_from")} />
            <TimeInput label={t("until")} {...form.field("visible_until")} />
          </Group>
        </Suspense>
        <NumberInput label={t("position")} description={t("positionHint")} min={0} max={1_000_000} allowDecimal={false} {...form.field("position")} />
        <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
        <Switch label={t("signedInOnly")} {...form.field("signed_in_only", "checkbox")} />
      </Stack>
    </ResourceForm>
  );
}
