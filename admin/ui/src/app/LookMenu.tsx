/** Light or dark, and the language, from every page. The rest of the look has a page of its own. */
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LOCALES, type Locale, setLocale } from "~/i18n";
import { SCHEMES, setAppearance, useAppearance } from "~/theme";

const ICONS = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon };

export function LookMenu({ onChange }: { onChange?: (locale: Locale) => void }) {
  const { t, i18n } = useTranslation();
  const { scheme } = useAppearance();
  const Now = ICONS[scheme];
  return (
    <>
      <Menu>
        <Menu.Target>
          <Tooltip label={t("look.scheme")}><ActionIcon size="lg" aria-label={t("look.scheme")}><Now size={18} stroke={1.6} /></ActionIcon></Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {SCHEMES.map((one) => {
            const Icon = ICONS[one];
            return (
              <Menu.Item key={one} leftSection={<Icon size={16} />} rightSection={one === scheme ? <IconCheck size={14} /> : null} onClick={() => setAppearance({ scheme: one })}>
                {t(`look.schemes.${one}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      <Menu>
        <Menu.Target>
          <Tooltip label={t("look.language")}><ActionIcon size="lg" aria-label={t("look.language")}><IconLanguage size={18} stroke={1.6} /></ActionIcon></Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.entries(LOCALES) as [Locale, string][]).map(([locale, name]) => (
            <Menu.Item key={locale} lang={locale} rightSection={locale === i18n.language ? <IconCheck size={14} /> : null}
              onClick={() => { void setLocale(locale); onChange?.(locale); }}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
