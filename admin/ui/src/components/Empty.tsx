/** What stands in place of a list without rows: what would be here, and how to get it. */
import { Center, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";

type Props = { title: ReactNode; text?: ReactNode; action?: ReactNode; icon?: ComponentType<{ size?: number; stroke?: number }> };

export function Empty({ title, text, action, icon: Icon = IconInbox }: Props) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="xs" maw={460} ta="center">
        <ThemeIcon size={44} variant="light" color="gray" radius="xl"><Icon size={24} stroke={1.5} /></ThemeIcon>
        <Title order={2} size="h3">{title}</Title>
        {text ? <Text size="sm" c="dimmed">{text}</Text> : null}
        {action ? <Group justify="center" mt="xs">{action}</Group> : null}
      </Stack>
    </Center>
  );
}
