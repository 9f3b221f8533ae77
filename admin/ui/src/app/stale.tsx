/** After a new version was installed, the files of the old one are gone: an open tab says so and offers to load anew. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";

let told = false;

function tell(): void {
  if (told) return;
  told = true;
  notifications.show({
    id: "stale",
    autoClose: false,
    color: "accent",
    closeButtonProps: { "aria-label": i18next.t("close") },
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">{i18next.t("stale.text")}</Text>
        <Button size="compact-xs" onClick={() => location.reload()}>{i18next.t("stale.reload")}</Button>
      </Group>
    ),
  });
}

/** What a file that cannot be loaded is told as. */
export class StaleError extends Error {}

/** Load a part of the console; one that is not there any more is told, and raised as StaleError. */
export async function loadChunk<T>(load: () => Promise<T>): Promise<T> {
  try {
    const found: T | undefined = await load();
    // Where the event below was answered, what could not be loaded is undefined.
    if (found === undefined) throw new Error("it is not there any more");
    return found;
  } catch (error) {
    tell();
    throw new StaleError(String(error));
  }
}

window.addEventListener("vite:preloadError", (event) => {
  event.preventDefault();
  tell();
});
