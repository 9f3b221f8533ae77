/** A box of the overview with its heading. */
import { Group, Paper, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Panel({ title, side, children }: { title: ReactNode; side?: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder p="sm" component="section">
      <Group justify="space-between" mb="xs" gap="xs" wrap="nowrap"><Title order={2} size="h3">{title}</Title>{side}</Group>
      {children}
    </Paper>
  );
}
