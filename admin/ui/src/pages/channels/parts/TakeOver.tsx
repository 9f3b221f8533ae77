/** After a comparison: what the providers have is taken over for all channels of which it differs. */
import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { done, failed, warned } from "~/components";
import type { Line } from "./Batch";
import { KEY } from "./data";

export function TakeOver({ lines, close }: { lines: Line[]; close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const fresh = lines.filter((line) => line.new?.length);
  const other = lines.filter((line) => line.new?.length || line.gone?.length);
  const take = async (action: "add_models" | "sync_models", meant: Line[]) => {
    setBusy(true);
    try {
      const found = await ok(api.POST("/api/v1/channels/bulk", { body: { action, ids: meant.map((line) => line.id), dry_run: false } }));
      await queries.invalidateQueries({ queryKey: KEY });
      const bad = found.results.filter((one) => !one.ok).map((one) => `${one.id}: ${one.problem}`);
      if (bad.length) warned(t("common:bulk.report", { changed: found.changed, refused: found.refused }), bad.join("; "));
      else done(t("batch.taken", { count: found.changed }));
      close();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  if (other.length === 0) return null;
  return (
    <Group gap="xs">
      {fresh.length ? <Button size="compact-sm" variant="default" loading={busy} onClick={() => void take("add_models", fresh)}>{t("batch.add", { count: fresh.length })}</Button> : null}
      <Button size="compact-sm" variant="default" loading={busy} onClick={() => void take("sync_models", other)}>{t("batch.sync", { count: other.length })}</Button>
    </Group>
  );
}
