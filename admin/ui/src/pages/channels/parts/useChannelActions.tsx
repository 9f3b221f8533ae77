/** What is done to one channel from the list and from its drawer. Place and selection stay. */
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { confirm, done, failed, useAsk, warned } from "~/components";
import { CopyForm } from "./CopyForm";
import { at, type Channel, KEY } from "./data";

export type ChannelActions = ReturnType<typeof useChannelActions>;

export function useChannelActions() {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const { host, ask } = useAsk();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const during = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      await refresh();
    }
  };
  const put = async (row: Channel, enabled: boolean) => {
    await ok(api.PATCH("/api/v1/channels/{channel}", { params: at(row.id), body: { enabled } }));
    await refresh();
  };
  return {
    host,
    ask,
    refresh,
    toggle: (row: Channel) =>
      during(async () => {
        await put(row, !row.enabled);
        done(t(row.enabled ? "done.off" : "done.on", { name: row.name }), () => put(row, row.enabled));
      }),
    test: (row: Channel) =>
      during(async () => {
        const found = await ok(api.POST("/api/v1/channels/{channel}/test", { params: at(row.id), body: { stream: false, endpoint: "chat", key_id: 0 } }));
        const values = { name: row.name, model: found.model, ms: Math.round(found.milliseconds) };
        if (found.ok) done(t("done.tested", values));
        else warned(t("done.testFailed", values), found.detail || found.error || String(found.status));
      }),
    retry: (row: Channel) =>
      during(async () => {
        const { replicas } = await ok(api.POST("/api/v1/channels/{channel}/retry", { params: at(row.id) }));
        done(t("done.retried", { name: row.name, count: replicas }));
      }),
    balance: (row: Channel) =>
      during(async () => {
        const found = await ok(api.POST("/api/v1/channels/{channel}/balance", { params: at(row.id) }));
        done(t("done.balance", { name: row.name, balance: `${found.balance} ${found.currency}` }));
      }),
    copy: async (row: Channel) => {
      const body = await ask<Schema<"ChannelCopy">>({ title: t("copyTitle", { name: row.name }), body: (answer) => <CopyForm initial={`${row.name}-2`} answer={answer} /> });
      if (body === null) return;
      await during(async () => {
        await ok(api.POST("/api/v1/channels/{channel}/copy", { params: at(row.id), body }));
        done(t(body.enabled ? "done.copiedOn" : "done.copied", { name: body.name }));
      });
    },
    remove: async (row: Channel, then?: () => void) => {
      if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
      await during(async () => {
        await api.DELETE("/api/v1/channels/{channel}", { params: at(row.id) });
        then?.();
        done(t("done.removed", { name: row.name }));
      });
    },
  };
}
