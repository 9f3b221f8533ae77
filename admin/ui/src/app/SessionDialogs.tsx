/** Over the page when a session ended, or a proof is asked: what was typed stays, the request is repeated. */
import { Modal, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { answered, useQuestion } from "~/api/session";
import { useQueryClient } from "@tanstack/react-query";
import { fetchMe, ME } from "~/api/me";

const SignIn = lazy(() => import("~/pages/login/SignIn"));
const StepUp = lazy(() => import("./StepUp"));

export function SessionDialogs() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const question = useQuestion();
  const signedIn = async () => {
    queries.setQueryData(ME, await fetchMe());
    answered(true);
  };
  return (
    <Modal
      opened={question !== null} onClose={() => answered(false)} title={question === "step-up" ? t("stepUp.title") : t("session.title")} closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("close") }} zIndex={1000}
    >
      <Text size="sm" c="dimmed" mb="sm">{question === "step-up" ? t("stepUp.text") : t("session.text")}</Text>
      <Suspense>
        {question === "sign-in" ? <SignIn onDone={signedIn} dialog /> : null}
        {question === "step-up" ? <StepUp onDone={() => answered(true)} /> : null}
      </Suspense>
    </Modal>
  );
}
