/** What stands in place of a page that failed. The rest of the console goes on. */
import { Alert, Button, Container, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { ProblemText } from "~/components/ProblemText";
import { StaleError } from "./stale";

export function PageError() {
  const error = useRouteError();
  if (error instanceof StaleError) return <PageGone />;
  return <Container size="sm" py="xl"><ProblemText error={error} retry={() => location.reload()} /></Container>;
}

/** What stands in place of a page of an older version that is not there any more. */
export function PageGone() {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <Alert title={t("stale.title")} role="alert">
        {t("stale.text")}
        <Group mt="xs"><Button size="xs" onClick={() => location.reload()}>{t("stale.reload")}</Button></Group>
      </Alert>
    </Container>
  );
}
