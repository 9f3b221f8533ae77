/** What a gateway without requests shows: the steps to the first answer. */
import { Button, Group, Paper, Text, ThemeIcon, Title } from "@mantine/core";
import { IconKey, IconMessageChatbot, IconPlugConnected } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCan } from "~/api";
import { routes } from "~/app/areas";

const STEPS = [
  { name: "channel", path: "channels", to: "/channels?new=1", icon: IconPlugConnected, needs: "channels.write", reach: "all" },
  { name: "key", path: "keys", to: "/keys?new=1", icon: IconKey, needs: "keys.write", reach: "own" },
  { name: "playground", path: "playground", to: "/playground", icon: IconMessageChatbot, needs: "", reach: "own" },
] as const;

export function Begin({ channels }: { channels: number | undefined }) {
  const { t } = useTranslation("dashboard");
  const can = useCan();
  const steps = STEPS.filter((step) => routes.some((route) => route.path === step.path) && (!step.needs || can(step.needs, step.reach)));
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h2">{t("begin.title")}</Title>
      <Text size="sm" c="dimmed" mb="md">{t("begin.text")}</Text>
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={step.name}>
            <Group gap="xs" mb={6}>
              <ThemeIcon variant="light" size={28}><step.icon size={17} stroke={1.6} /></ThemeIcon>
              <Text fw={600}>{t(`begin.${step.name}.title`)}</Text>
            </Group>
            <Text size="sm" c="dimmed" mb="sm">{step.name === "channel" && channels ? t("begin.channel.done", { count: channels }) : t(`begin.${step.name}.text`)}</Text>
            <Button component={Link} to={step.to} variant={index === (channels ? 1 : 0) ? "filled" : "default"}>{t(`begin.${step.name}.action`)}</Button>
          </li>
        ))}
      </ol>
    </Paper>
  );
}
