/** A path that leads nowhere. */
import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "~/components/Empty";
import { Page } from "~/components/Page";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("notFound.title")}>
      <Empty icon={IconMapOff} title={t("notFound.title")} text={t("notFound.text")} action={<Button component={Link} to="/">{t("notFound.home")}</Button>} />
    </Page>
  );
}
