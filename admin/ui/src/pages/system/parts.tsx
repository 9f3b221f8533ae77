/** What the system's pages are made of. */
import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Box({ title, badge, children }: { title: string; badge?: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs"><Title order={2} size="h3">{title}</Title>{badge}</Group>
      <Stack gap={4}>{children}</Stack>
    </Paper>
  );
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed">{label}</Text>
      <Text size="sm" component="div" ta="right" className="wrap">{children}</Text>
    </Group>
  );
}
