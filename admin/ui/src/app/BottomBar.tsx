/** The navigation of a phone: four places under the thumb, and the rest. */
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { navKey } from "./areas";
import { isAt, useNavigationEntries } from "./Nav";

export function BottomBar({ more }: { more: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const entries = useNavigationEntries().filter((entry) => entry.group === "work").slice(0, 4);
  return (
    <nav className="bottom" aria-label={t("shell.bottom")}>
      {entries.map((entry) => (
        <Link key={entry.to} to={entry.to} aria-current={isAt(pathname, entry.to) ? "page" : undefined}>
          <entry.icon size={20} stroke={1.6} /><span>{t(navKey(entry.label) as never) as string}</span>
        </Link>
      ))}
      <button type="button" onClick={more}><IconDots size={20} /><span>{t("shell.more")}</span></button>
    </nav>
  );
}
