/** The form of a vendor. */
import { Stack, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { done, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"VendorOut">;
type Values = Required<Schema<"VendorCreate">>;
type Props = { row?: Row; onSaved: () => unknown; close: () => void };

export function VendorEditor({ row, onSaved, close }: Props) {
  const { t } = useTranslation("catalogue");
  const form = useResourceForm<Values, Row>({
    initial: { name: row?.name ?? "", icon: row?.icon ?? "", link: row?.link ?? "", remark: row?.remark ?? "" },
    save: (body) => (row ? ok(api.PATCH("/api/v1/vendors/{vendor}", { params: { path: { vendor: String(row.id) } }, body })) : ok(api.POST("/api/v1/vendors", { body }))),
    onSaved: async (saved) => {
      await onSaved();
      done(t("saved", { name: saved.name }));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={!row} action={row ? undefined : t("add")}>
      <Stack gap="sm">
        <TextInput label={t("name")} data-autofocus {...form.field("name")} />
        <TextInput label={t("vendors.link")} inputMode="url" {...form.field("link")} />
        <TextInput label={t("icon")} description={t("iconHint")} {...form.field("icon")} />
        <Textarea label={t("vendors.remark")} autosize minRows={2} {...form.field("remark")} />
      </Stack>
    </ResourceForm>
  );
}
