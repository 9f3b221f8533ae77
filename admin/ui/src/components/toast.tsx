/** Short messages at the edge: done, done with a way back, failed. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import i18next from "i18next";
import { describe } from "./ProblemText";

const close = () => ({ closeButtonProps: { "aria-label": i18next.t("close") } });

/** It is done. With `undo` the toast offers to take it back. */
export function done(message: string, undo?: () => Promise<unknown>): void {
  const id = `done-${crypto.randomUUID()}`;
  const back = async () => {
    notifications.hide(id);
    try {
      await undo?.();
    } catch (error) {
      failed(error);
    }
  };
  notifications.show({
    id, ...close(), color: "green", icon: <IconCheck size={16} />, autoClose: undo ? 8000 : 3500,
    message: undo ? (
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm">{message}</Text>
        <Button size="compact-xs" variant="default" onClick={back}>{i18next.t("undo")}</Button>
      </Group>
    ) : message,
  });
}

/** It failed, and why. */
export function failed(error: unknown): void {
  void describe(error).then(({ title, help, requestId }) =>
    notifications.show({
      ...close(), color: "red", icon: <IconAlertTriangle size={16} />, autoClose: 12_000, title,
      message: (
        <>
          {help}
          {requestId ? <Text size="xs" c="dimmed" ff="monospace">{requestId}</Text> : null}
        </>
      ),
    }),
  );
}

/** What was asked ended badly, though the gateway did its part: a provider's refusal, in the caller's words. */
export function warned(title: string, message: string): void {
  notifications.show({ ...close(), color: "red", icon: <IconAlertTriangle size={16} />, autoClose: 12_000, title, message });
}
