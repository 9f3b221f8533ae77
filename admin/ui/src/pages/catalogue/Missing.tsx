/** Names that channels serve and nothing is known of: choose, and they are listed. */
import { Button, Checkbox, Group, Loader, Progress, ScrollArea, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { done, failed, ProblemText } from "~/components";

export function Missing({ close, onMade }: { close: () => void; onMade: () => unknown }) {
  const { t } = useTranslation(["catalogue", "common"]);
  const [left, setLeft] = useState<string[]>([]);
  const [made, setMade] = useState<number | null>(null);
  const found = useQuery({ queryKey: ["models", "missing"], queryFn: () => ok(api.GET("/api/v1/models/missing")), gcTime: 0 });
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  const { names } = found.data;
  const add = async () => {
    try {
      for (const [index, name] of left.entries()) {
        setMade(index);
        await ok(api.POST("/api/v1/models", { body: { name, title: "", description: "", icon: "", visibility: "users" } }));
      }
      done(t("missing.made", { count: left.length }));
      close();
    } catch (error) {
      failed(error);
      setMade(null);
    } finally {
      await onMade();
    }
  };
  if (names.length === 0) return <Text size="sm">{t("missing.none")}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm">{t("missing.about")}</Text>
      <Checkbox.Group value={left} onChange={setLeft}>
        <Checkbox mb={6} label={t("missing.all", { count: names.length })} checked={left.length === names.length} indeterminate={left.length > 0 && left.length < names.length} onChange={() => setLeft(left.length === names.length ? [] : names)} />
        <ScrollArea.Autosize mah={300} viewportProps={{ tabIndex: 0 }}>
          <Stack gap={4}>{names.map((name) => <Checkbox key={name} size="xs" value={name} label={name} />)}</Stack>
        </ScrollArea.Autosize>
      </Checkbox.Group>
      {made === null ? null : <Progress value={(100 * made) / Math.max(1, left.length)} aria-label={t("missing.title")} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
        <Button disabled={left.length === 0} loading={made !== null} onClick={add}>{t("missing.add", { count: left.length })}</Button>
      </Group>
    </Stack>
  );
}
