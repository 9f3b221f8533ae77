/** A question with fields: `const answer = await ask({ title, body: (answer) => <form/> })`; null when it is closed. */
import { Modal } from "@mantine/core";
import { type ReactNode, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

type Answer = (value: unknown) => void;
type Asked = { title: string; size?: string; body: (answer: Answer) => ReactNode; answer: Answer };

export function useAsk() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback(
    <T,>(question: { title: string; size?: string; body: (answer: (value: T | null) => void) => ReactNode }) =>
      new Promise<T | null>((resolve) =>
        setAsked({
          title: question.title,
          size: question.size,
          body: question.body,
          answer: (value) => {
            setAsked(null);
            resolve(value as T | null);
          },
        }),
      ),
    [],
  );
  const host = asked ? (
    <Modal
      opened onClose={() => asked.answer(null)} title={asked.title} size={asked.size} closeButtonProps={{ "aria-label": t("close") }}
      attributes={{ header: { role: "presentation" }, content: { "data-modal": "true" } }}
    >
      {asked.body(asked.answer)}
    </Modal>
  ) : null;
  return { host, ask };
}
