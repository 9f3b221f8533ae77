/** The navigation at the side, by groups; an entry that one may not use is not there. */
import { NavLink, ScrollArea, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { useCan } from "~/api";
import { type AreaNav, GROUPS, navigation, navKey } from "./areas";

/** The entries that somebody may use. */
export function useNavigationEntries(): AreaNav[] {
  const can = useCan();
  return navigation.filter((entry) => !entry.needs || can(entry.needs, entry.reach));
}

/** Whether a page belongs to an entry: "/" only to itself. */
export const isAt = (path: string, to: string): boolean => path === to || (to !== "/" && path.startsWith(`${to}/`));

export function Nav({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const entries = useNavigationEntries();
  // Of "/users" and "/users/roles" only the longer one is where we are.
  const at = entries.filter((entry) => isAt(pathname, entry.to)).sort((one, other) => other.to.length - one.to.length)[0];
  return (
    <ScrollArea type="scroll" p={6}>
      {GROUPS.map((group) => {
        const own = entries.filter((entry) => entry.group === group);
        if (own.length === 0) return null;
        return (
          <div key={group} className="nav-group">
            {narrow ? null : <Text size="xs" c="dimmed" px={8} py={4} fw={600}>{t(`groups.${group}`)}</Text>}
            {own.map((entry) => {
              const label = t(navKey(entry.label) as never) as string;
              const link = (
                <NavLink
                  key={entry.to} component={Link} to={entry.to} active={entry === at} aria-current={entry === at ? "page" : undefined} aria-label={narrow ? label : undefined}
                  label={narrow ? null : label} leftSection={<entry.icon size={17} stroke={1.6} />} className="nav-link"
                />
              );
              return narrow ? <Tooltip key={entry.to} label={label} position="right">{link}</Tooltip> : link;
            })}
          </div>
        );
      })}
    </ScrollArea>
  );
}
