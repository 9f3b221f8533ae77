/** Who is signed in, and the way out. */
import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconKeyboard, IconLogout, IconPalette, IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, CONSOLE, useMe } from "~/api";
import { forget } from "~/api/session";
import { useRoleName } from "~/components/roleName";
import { failed } from "~/components/toast";
import { routes } from "./areas";
import { openKeyboardHelp } from "./KeyboardHelp";

export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const role = useRoleName();
  const queries = useQueryClient();
  const leave = async () => {
    try {
      await api.POST("/api/v1/logout");
      forget();
      queries.clear();
      location.assign(new URL("login", CONSOLE));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu width={220}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t("account.menu", { name: me.display_name || me.name })}><IconUserCircle size={20} stroke={1.6} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" c="var(--mantine-color-text)" fw={600} truncate>{me.display_name || me.name}</Text>
          <Text size="xs" truncate>{me.email ?? me.name}{me.role ? ` · ${role(me.role)}` : ""}</Text>
        </Menu.Label>
        {routes.some((route) => route.path === "profile") ? (
          <Menu.Item component={Link} to="/profile" leftSection={<IconUserCircle size={16} />}>{t("account.profile")}</Menu.Item>
        ) : null}
        <Menu.Item component={Link} to="/appearance" leftSection={<IconPalette size={16} />}>{t("account.appearance")}</Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection={<kbd>?</kbd>} onClick={openKeyboardHelp}>{t("account.keyboard")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>{t("account.logout")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
