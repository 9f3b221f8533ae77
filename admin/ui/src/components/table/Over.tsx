/** The drawer of a list's row. A row that is not on the page (a link that was shared) is asked for. */
import { ActionIcon, Group, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Peek } from "../Peek";
import { ProblemText } from "../ProblemText";
import type { ListSpec } from "./types";

type Props<Row> = {
  spec: ListSpec<Row>;
  peek: NonNullable<ListSpec<Row>["peek"]>;
  id: string | null;
  rows: Row[] | undefined;
  close: () => void;
  move: (by: number) => void;
};

export function Over<Row>({ spec, peek, id, rows, close, move }: Props<Row>) {
  const { t } = useTranslation();
  const here = rows?.find((row) => String(spec.rowId(row)) === id);
  // A row that leaves the page (a change took it out of the filter) stays as it was until it is found: what is typed in its drawer is kept.
  const [seen, setSeen] = useState<Row | undefined>(here);
  if (here !== undefined && here !== seen) setSeen(here);
  const { load } = peek;
  const far = useQuery({
    queryKey: [...spec.queryKey, "peek", id],
    queryFn: () => (load && id ? load(id) : Promise.reject(new Error("not on this page"))),
    enabled: id !== null && rows !== undefined && here === undefined && load !== undefined,
  });
  const row = here ?? far.data ?? (seen !== undefined && String(spec.rowId(seen)) === id ? seen : undefined);
  const title = (
    <Group component="span" gap={4} wrap="nowrap" display="inline-flex">
      <ActionIcon size="sm" aria-label={t("table.peekPrevious")} onClick={() => move(-1)}><IconChevronUp size={16} /></ActionIcon>
      <ActionIcon size="sm" aria-label={t("table.peekNext")} onClick={() => move(1)}><IconChevronDown size={16} /></ActionIcon>
      <span className="wrap">{row ? peek.title(row) : ""}</span>
    </Group>
  );
  return (
    <Peek opened={id !== null} title={title} onClose={close} size={peek.size}>
      {row ? peek.render(row, close) : far.isError ? <ProblemText error={far.error} /> : <Loader />}
    </Peek>
  );
}
