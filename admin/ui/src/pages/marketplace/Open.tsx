/** The frame of pages that everybody may see: whose gateway it is, its looks, the way in. */
import { Button, Center, Group, Loader, Text, Title } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasSession } from "~/api/session";
import { Brand } from "~/app/Brand";
import { Foot } from "~/app/Foot";
import { LookMenu } from "~/app/LookMenu";
import { useTitle } from "~/components/useTitle";
import "./marketplace.css";

/** The texts of a page are loaded with it. */
export function Loaded({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Center h="100vh"><Loader /></Center>}>{children}</Suspense>;
}

export function Open({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const { t } = useTranslation("marketplace");
  useTitle(title);
  return (
    <div className="open">
      <header className="open-head">
        <Brand />
        <Group gap={4} ml="auto" wrap="nowrap">
          <LookMenu />
          <Button component={Link} to="/" variant="default" size="compact-sm">{t(hasSession() ? "open" : "signIn")}</Button>
        </Group>
      </header>
      <main className="open-main">
        <Title order={1}>{title}</Title>
        <Text size="sm" c="dimmed" mb="sm">{about}</Text>
        {children}
        <Foot />
      </main>
    </div>
  );
}
