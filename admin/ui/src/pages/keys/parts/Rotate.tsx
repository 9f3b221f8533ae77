/** A new value for a key: the old one may go on for a while, so that programs can be changed one by one. */
import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { failed, SecretOnce } from "~/components";

const OVERLAPS = { "0": "none", "3600": "hour", "86400": "day", "604800": "week", "2592000": "month" } as const;
type Overlap = keyof typeof OVERLAPS;

export function Rotate({ row, onDone, onClose }: { row: Schema<"KeyOut"> | null; onDone: () => unknown; onClose: () => void }) {
  const { t } = useTranslation(["keys", "common"]);
  return (
    <Modal opened={row !== null} onClose={onClose} title={t("rotate")} closeButtonProps={{ "aria-label": t("common:close") }} attributes={{ header: { role: "presentation" }, content: { "data-modal": "true" } }}>
      {row ? <Body row={row} onDone={onDone} onClose={onClose} /> : null}
    </Modal>
  );
}

function Body({ row, onDone, onClose }: { row: Schema<"KeyOut">; onDone: () => unknown; onClose: () => void }) {
  const { t } = useTranslation(["keys", "common"]);
  const [overlap, setOverlap] = useState<Overlap>("86400");
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState(false);
  const rotate = async () => {
    setBusy(true);
    try {
      const { key } = await ok(api.POST("/api/v1/keys/{key}/rotate", { params: { path: { key: String(row.id) } }, body: { overlap_s: Number(overlap) } }));
      setSecret(key);
      await onDone();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  if (secret) return <Stack><SecretOnce secret={secret} name={row.name} /><Group justify="flex-end"><Button onClick={onClose}>{t("common:close")}</Button></Group></Stack>;
  return (
    <Stack gap="sm">
      <Text size="sm">{t("rotateText", { name: row.name })}</Text>
      <Select label={t("overlap")} value={overlap} allowDeselect={false} data={(Object.keys(OVERLAPS) as Overlap[]).map((value) => ({ value, label: t(`overlaps.${OVERLAPS[value]}`) }))} onChange={(value) => setOverlap((value ?? "0") as Overlap)} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>{t("common:cancel")}</Button>
        <Button loading={busy} onClick={rotate}>{t("rotateNow")}</Button>
      </Group>
    </Stack>
  );
}
