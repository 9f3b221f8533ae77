/** The look of the console is a page of its own; the language is that of letters too. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Section } from "./Section";

export default function Look() {
  const { t } = useTranslation("profile");
  return <Section title={t("look.title")} about={t("look.about")} action={<Button component={Link} to="/appearance">{t("look.open")}</Button>} />;
}
