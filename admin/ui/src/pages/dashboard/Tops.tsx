/** The largest of the period: models, users, channels, keys, as far as the person may see them. */
import { Anchor, Text } from "@mantine/core";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schema } from "~/api";
import { routes } from "~/app/areas";
import { BarList } from "~/components/charts";
import { Money } from "~/components/values";
import { shortNumber } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { Panel } from "./Panel";

type Ranked = Schema<"Ranked">;
export type Order = "cost" | "requests";
const has = (path: string) => routes.some((route) => route.path === path);

const LINK: Record<string, (one: Ranked) => string | null> = {
  top_models: (one) => (has("usage") ? `/usage?model=${encodeURIComponent(one.name)}` : null),
  top_users: (one) => (has("users") && one.id ? `/users?peek=${one.id}` : null),
  top_channels: (one) => (has("channels") && one.id ? `/channels?peek=${one.id}` : null),
  top_keys: (one) => (has("keys") && one.id ? `/keys?peek=${one.id}` : null),
};

export function Tops({ found, order }: { found: Schema<"DashboardOut">; order: Order }) {
  const { t } = useTranslation("dashboard");
  const locale = useLocale();
  const lists = (["top_models", "top_channels", "top_users", "top_keys"] as const).filter((name) => name === "top_models" || found[name].length > 0);
  return (
    <div className="panels">
      {lists.map((name) => (
        <Panel key={name} title={t(`tops.${name}`)}>
          {found[name].length === 0 ? <Text size="sm" c="dimmed">{t("tops.none")}</Text> : (
            <Suspense>
              <BarList
                label={t(`tops.${name}`)}
                bars={found[name].map((one, index) => {
                  const to = one.name ? LINK[name]?.(one) : null;
                  const title = one.name || (one.id ? t("tops.removed", { id: one.id }) : t("tops.nameless"));
                  return {
                    key: `${one.id ?? one.name}-${index}`, value: one[order],
                    name: to ? <Anchor component={Link} to={to} c="inherit" inherit>{title}</Anchor> : title,
                    shown: order === "cost" ? <Money nano={one.cost} /> : shortNumber(one.requests, locale),
                  };
                })}
              />
            </Suspense>
          )}
        </Panel>
      ))}
    </div>
  );
}
