/** What stands in a lane in which nothing was said: what can be done here, and its keys. */
import { Kbd, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "../playground.module.css";

export function Hello() {
  const { t } = useTranslation("playground");
  return (
    <Stack gap={6} className={styles.hello}>
      <Text fw={600}>{t("hello.title")}</Text>
      <Text size="sm" c="dimmed">{t("hello.text")}</Text>
      <Text size="xs" c="dimmed" component="div" className={styles.keys}>
        <span><Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd> {t("hello.send")}</span>
        <span><Kbd size="xs">Esc</Kbd> {t("hello.stop")}</span>
        <span><Kbd size="xs">↑</Kbd> {t("hello.edit")}</span>
      </Text>
    </Stack>
  );
}
