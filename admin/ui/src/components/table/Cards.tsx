/** The list on a phone: a card for each row, with its selection and all its actions. */
import { ActionIcon, Checkbox, Group, Paper, Select, Skeleton, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { RowMenu } from "./Rows";
import type { Column, ListSpec, RowId } from "./types";

type Props<Row> = {
  spec: ListSpec<Row>;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  sort: string;
  onSort: (sort: string) => void;
  chosen: Map<RowId, Row>;
  onChoose: (rows: Row[], on: boolean) => void;
  onOpen?: (row: Row) => void;
};

export function Cards<Row>(props: Props<Row>) {
  const { spec, columns, rows, chosen, onChoose, onOpen } = props;
  const { t } = useTranslation();
  if (rows === undefined) return <Stack gap="xs">{[0, 1, 2, 3].map((one) => <Skeleton key={one} h={88} />)}</Stack>;
  const of = (place: string) => columns.filter((column, index) => (column.card ?? (index === 0 ? "title" : "line")) === place);
  return (
    <>
      <Head {...props} />
      <Stack gap="xs" component="ul" className="cards">
        {rows.map((row) => {
          const id = spec.rowId(row);
          const heading = of("title").map((column) => <span key={column.key}>{column.render(row)} </span>);
          return (
            <Paper key={id} component="li" withBorder p="sm" data-tone={spec.rowTone?.(row)} data-chosen={chosen.has(id) || undefined}>
              <Group justify="space-between" wrap="nowrap" gap="xs">
                {spec.bulk ? (
                  <Checkbox
                    aria-label={t("table.select", { name: spec.rowName(row) })} checked={chosen.has(id)}
                    onChange={(event) => onChoose([row], event.currentTarget.checked)}
                  />
                ) : null}
                {onOpen ? <UnstyledButton className="card-title" onClick={() => onOpen(row)}>{heading}</UnstyledButton> : <div className="card-title">{heading}</div>}
                {of("badge").map((column) => <div key={column.key}>{column.render(row)}</div>)}
                {spec.rowActions ? <RowMenu name={spec.rowName(row)} actions={() => spec.rowActions?.(row) ?? []} /> : null}
              </Group>
              <dl className="card-lines">
                {of("line").map((column) => (
                  <div key={column.key}>
                    <Text component="dt" size="xs" c="dimmed">{column.title}</Text>
                    <Text component="dd" size="sm">{column.render(row)}</Text>
                  </div>
                ))}
              </dl>
            </Paper>
          );
        })}
      </Stack>
    </>
  );
}

/** What a table's head does: the order, and all of the page at once. Every column that sorts is here, hidden ones too. */
function Head<Row>({ spec, rows, sort, onSort, chosen, onChoose }: Props<Row>) {
  const { t } = useTranslation();
  const sorts = spec.columns.flatMap((column) => (column.sort === undefined ? [] : [{ value: column.sort, label: column.title }]));
  const [by, down] = [sort.replace(/^-/, ""), sort.startsWith("-")];
  const all = rows !== undefined && rows.length > 0 && rows.every((row) => chosen.has(spec.rowId(row)));
  const some = rows?.some((row) => chosen.has(spec.rowId(row))) ?? false;
  if (!rows?.length || (!spec.bulk && sorts.length === 0)) return null;
  return (
    <Group gap="xs" wrap="nowrap" mb="xs" px="sm">
      {spec.bulk ? <Checkbox aria-label={t("table.selectPage")} checked={all} indeterminate={some && !all} onChange={() => onChoose(rows, !all)} /> : null}
      {sorts.length > 0 ? (
        <Group gap={4} wrap="nowrap" ml="auto">
          <Select size="xs" w={168} aria-label={t("table.sortBy")} placeholder={t("table.sortBy")} data={sorts} value={by || null} allowDeselect={false} onChange={(next) => next && onSort(down ? `-${next}` : next)} />
          {by ? <ActionIcon aria-label={t(down ? "table.ascending" : "table.descending")} onClick={() => onSort(down ? by : `-${by}`)}>{down ? <IconArrowDown size={16} /> : <IconArrowUp size={16} />}</ActionIcon> : null}
        </Group>
      ) : null}
    </Group>
  );
}
