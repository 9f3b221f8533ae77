/** The frame of a form: its problem above, save and cancel below, Ctrl-S, and a question before what was typed is lost. */
import { Alert, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { ProblemText } from "../ProblemText";
import type { ResourceFormState } from "./useResourceForm";

type Props<Values> = {
  form: ResourceFormState<Values>;
  children: ReactNode;
  onCancel?: () => void;
  /** What the button says: "create", or "save" by default. */
  action?: string;
  extra?: ReactNode;
  /** May be saved although nothing was changed (a new object). */
  fresh?: boolean;
  names?: Record<string, string>;
};

export function ResourceForm<Values extends object>({ form, children, onCancel, action, extra, fresh, names }: Props<Values>) {
  const { t } = useTranslation();
  useHotkeys([["mod+S", () => void form.submit()]], [], true);
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); void form.submit(); }}>
      <Stack gap="sm">
        {form.problem ? <ProblemText error={form.problem} /> : null}
        {form.conflict ? <Conflict form={form} theirs={form.conflict.value} names={names} /> : null}
        {children}
        <Group justify="space-between" className="form-end">
          <div>{extra}</div>
          <Group gap="xs">
            {onCancel ? <Button variant="default" onClick={onCancel}>{t("cancel")}</Button> : null}
            <Button type="submit" loading={form.busy} disabled={!fresh && !form.dirty}>{action ?? t("save")}</Button>
          </Group>
        </Group>
      </Stack>
      <DirtyGuard dirty={form.dirty && !form.busy} />
    </form>
  );
}

function Conflict<Values extends object>({ form, theirs, names }: { form: ResourceFormState<Values>; theirs: Values; names?: Record<string, string> }) {
  const { t } = useTranslation();
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const other = (Object.keys(theirs) as (keyof Values & string)[]).filter((name) => text(theirs[name]) !== text(form.values[name]));
  return (
    <Alert color="yellow" title={t("conflict.title")} role="alert">
      <Text size="sm">{t("conflict.text")}</Text>
      <Table className="wrap" my="xs">
        <Table.Thead><Table.Tr><Table.Th>{t("conflict.field")}</Table.Th><Table.Th>{t("conflict.theirs")}</Table.Th><Table.Th>{t("conflict.mine")}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {other.map((name) => (
            <Table.Tr key={name}><Table.Td>{names?.[name] ?? name}</Table.Td><Table.Td>{text(theirs[name])}</Table.Td><Table.Td>{text(form.values[name])}</Table.Td></Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={form.takeTheirs}>{t("conflict.take")}</Button>
        <Button size="compact-sm" onClick={() => void form.keepMine()}>{t("conflict.keep")}</Button>
      </Group>
    </Alert>
  );
}

/** Asks before a page or drawer with unsaved changes is left. `within`: other views of the same page keep what was typed. */
export function DirtyGuard({ dirty, within }: { dirty: boolean; within?: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && !(within && currentLocation.pathname === nextLocation.pathname));
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  const blocked = blocker.state === "blocked";
  // A key and a click may both answer before the page is drawn anew.
  const answered = useRef<unknown>(null);
  const answer = (act: (() => void) | undefined) => {
    if (answered.current === blocker) return;
    answered.current = blocker;
    act?.();
  };
  return (
    <Modal opened={blocked} onClose={() => answer(blocker.reset)} title={t("dirty.title")} zIndex={600} closeButtonProps={{ "aria-label": t("close") }}>
      <Text size="sm" mb="sm">{t("dirty.text")}</Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={() => answer(blocker.reset)}>{t("dirty.stay")}</Button>
        <Button color="red" onClick={() => answer(blocker.proceed)}>{t("dirty.leave")}</Button>
      </Group>
    </Modal>
  );
}
