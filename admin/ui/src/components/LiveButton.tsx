/** Switches live updates on and off; while the pointer is over `hold`, nothing moves under it. */
import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export function LiveButton({ live, onChange }: { live: boolean; onChange: (live: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Button
      size="compact-sm" variant={live ? "light" : "default"} aria-pressed={live} onClick={() => onChange(!live)}
      leftSection={live ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
    >
      {t(live ? "live.on" : "live.off")}
    </Button>
  );
}
