/** The operator's line and links at the foot of every page: documentation, terms, privacy, whom to ask. */
import { Anchor, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSite } from "~/api/site";

export function Foot() {
  const { t } = useTranslation();
  const site = useSite();
  if (!site) return null;
  const links = (["docs", "terms", "privacy", "contact"] as const).filter((name) => site.links[name]);
  if (!site.footer && links.length === 0) return null;
  return (
    <div className="foot">
      {site.footer ? <Text size="xs" c="dimmed" className="wrap">{site.footer}</Text> : null}
      {links.map((name) => <Anchor key={name} href={site.links[name]} size="xs" target="_blank" rel="noreferrer" underline="always">{t(`foot.${name}`)}</Anchor>)}
    </div>
  );
}
