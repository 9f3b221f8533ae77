/** The period: one of the usual ones, or any other. */
import { Button, Group, Loader, Popover, SegmentedControl } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { USUAL } from "./period";

const RangeField = lazy(() => import("~/components/table/RangeField"));
const LAST = ["24h", "7d", "30d", "90d"] as const;

export function Range({ range, choose }: { range: string; choose: (range: string) => void }) {
  const { t } = useTranslation("analytics");
  const [opened, setOpened] = useState(false);
  const usual = (LAST as readonly string[]).includes(range);
  const put = (value: string) => {
    setOpened(false);
    choose(value === USUAL ? "" : value);
  };
  return (
    <Group gap={4} wrap="nowrap">
      <SegmentedControl size="xs" aria-label={t("range.label")} value={usual ? range : ""} onChange={put} data={LAST.map((value) => ({ value, label: t(`range.${value}`) }))} />
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button size="compact-sm" variant={usual ? "default" : "light"} aria-label={t("range.other")} onClick={() => setOpened(!opened)}><IconCalendar size={15} /></Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Suspense fallback={<Loader />}><RangeField label={t("range.label")} value={usual ? "" : range} onChange={put} /></Suspense>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}
