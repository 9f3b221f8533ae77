/** The frame of pages for who is not signed in. */
import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { Brand } from "~/app/Brand";
import { Foot } from "~/app/Foot";
import { LookMenu } from "~/app/LookMenu";
import { useTitle } from "~/components/useTitle";

export function Door({ title, about, children, foot, wide }: { title: string; about?: ReactNode; children: ReactNode; foot?: ReactNode; wide?: boolean }) {
  useTitle(title);
  return (
    <main className="door">
      <div className={wide ? "door-box wide" : "door-box"}>
        <Group justify="space-between" mb="xs"><Brand /><Group gap={2}><LookMenu /></Group></Group>
        <Paper withBorder p="lg" radius="md" bg="var(--c-raised)">
          <Stack gap="sm">
            <div>
              <Title order={1}>{title}</Title>
              {about ? <Text size="sm" c="dimmed" mt={2}>{about}</Text> : null}
            </div>
            <Suspense>{children}</Suspense>
          </Stack>
        </Paper>
        {foot ? <Group justify="center" gap="md" mt="sm">{foot}</Group> : null}
        <Foot />
      </div>
    </main>
  );
}
