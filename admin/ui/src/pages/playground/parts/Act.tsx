/** A small button below a turn. */
import { ActionIcon, Tooltip } from "@mantine/core";
import type { ComponentType } from "react";

type Props = { label: string; icon: ComponentType<{ size?: number | string }>; onClick: () => void };

export function Act({ label, icon: Icon, onClick }: Props) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={onClick}><Icon size={15} /></ActionIcon>
    </Tooltip>
  );
}
