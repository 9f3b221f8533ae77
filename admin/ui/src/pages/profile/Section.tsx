/** A titled part of the profile: what it is for, what can be done, what there is. */
import { Group, Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { title: string; about?: ReactNode; badge?: ReactNode; action?: ReactNode; children?: ReactNode };

export function Section({ title, about, badge, action, children }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" gap="xs" mb={children ? "sm" : 0}>
        <div style={{ flex: "1 1 260px", minWidth: 0 }}>
          <Group gap="xs"><Title order={2} size="h3">{title}</Title>{badge}</Group>
          {about ? <Text size="sm" c="dimmed">{about}</Text> : null}
        </div>
        {action}
      </Group>
      {children}
    </Paper>
  );
}
