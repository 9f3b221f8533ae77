/** The frame of a page: its title in the document and as the heading, one line of explanation, actions. */
import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "./useTitle";

type Props = { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode; wide?: boolean };

export function Page({ title, about, actions, children, wide = true }: Props) {
  useTitle(title);
  return (
    <Stack gap="sm" maw={wide ? undefined : 860} className="page">
      <Group justify="space-between" align="flex-start" gap="xs">
        <div className="page-title">
          <Title order={1} tabIndex={-1} id="page-title">{title}</Title>
          {about ? <Text size="sm" c="dimmed">{about}</Text> : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Stack>
  );
}
