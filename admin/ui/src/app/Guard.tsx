/** A page for who may see it; others are told. The server refuses by itself. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Reach, useCan } from "~/api";
import { Empty } from "~/components/Empty";
import { IconLock } from "@tabler/icons-react";

export function Guard({ needs, reach, children }: { needs?: string; reach?: Reach; children: ReactNode }) {
  const { t } = useTranslation();
  const can = useCan();
  if (needs && !can(needs, reach)) return <Empty icon={IconLock} title={t("forbidden.title")} text={t("forbidden.text", { permission: needs })} />;
  return children;
}
