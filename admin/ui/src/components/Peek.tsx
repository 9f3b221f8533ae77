/** A drawer beside what it belongs to. It leaves the page readable; Escape and Back close it. */
import { Drawer, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePhone } from "~/lib/hooks";

type Props = { opened: boolean; title: ReactNode; onClose: () => void; children: ReactNode; size?: number; modal?: boolean; guard?: () => boolean };

export function Peek({ opened, title, onClose, children, size = 560, modal = false, guard }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const close = () => {
    if (!guard || guard()) onClose();
  };
  return (
    <Drawer
      opened={opened} onClose={close} position="right" size={phone ? "100%" : size} title={<Text component="span" fw={600}>{title}</Text>}
      closeButtonProps={{ "aria-label": t("close") }} withOverlay={modal || phone} lockScroll={modal || phone} trapFocus={modal || phone}
      closeOnClickOutside={modal} overlayProps={{ backgroundOpacity: 0.25 }} transitionProps={{ duration: 120 }}
      classNames={{ content: "peek" }} attributes={{ header: { role: "presentation" }, content: { "data-modal": modal || phone ? "true" : undefined } }}
    >
      {opened ? children : null}
    </Drawer>
  );
}
