/** The list as a table: sorting, widths, selection, the row that the keyboard is at. */
import { Checkbox, Menu, Skeleton, UnstyledButton } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconDots } from "@tabler/icons-react";
import { type KeyboardEvent, type MouseEvent, memo, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLater } from "../useLater";
import type { Column, ListSpec, RowAction, RowId } from "./types";

type Props<Row> = {
  spec: ListSpec<Row>;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  sort: string;
  onSort: (sort: string) => void;
  chosen: Map<RowId, Row>;
  onChoose: (rows: Row[], on: boolean) => void;
  at: number;
  open: string | null;
  onOpen?: (row: Row) => void;
  widths: Record<string, number>;
  setWidth: (key: string, width: number) => void;
};

export function Rows<Row>(props: Props<Row>) {
  const { spec, columns, rows, chosen, onChoose } = props;
  const { t } = useTranslation();
  const all = rows !== undefined && rows.length > 0 && rows.every((row) => chosen.has(spec.rowId(row)));
  const some = rows?.some((row) => chosen.has(spec.rowId(row))) ?? false;
  const actions = useCallbackRef((row: Row) => spec.rowActions?.(row) ?? []);
  const least = columns.reduce((sum, column) => sum + (props.widths[column.key] ?? column.width ?? 160), 90);
  return (
    // A region that scrolls sideways is reached by the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="table-scroll" tabIndex={0} aria-label={t("table.region")}>
      <table className="table" style={{ minWidth: least }} aria-busy={rows === undefined || undefined}>
        <colgroup>
          {spec.bulk ? <col style={{ width: 36 }} /> : null}
          {columns.map((column) => <col key={column.key} style={{ width: props.widths[column.key] ?? column.width }} />)}
          {spec.rowActions ? <col style={{ width: 44 }} /> : null}
        </colgroup>
        <thead>
          <tr>
            {spec.bulk ? (
              <th scope="col" className="pick">
                <Checkbox
                  size="xs" aria-label={t("table.selectPage")} checked={all} indeterminate={some && !all}
                  onChange={() => onChoose(rows ?? [], !all)}
                />
              </th>
            ) : null}
            {columns.map((column) => <Head key={column.key} column={column} {...props} />)}
            {spec.rowActions ? <th scope="col"><span className="hidden-text">{t("table.actions")}</span></th> : null}
          </tr>
        </thead>
        <tbody>
          {rows === undefined
            ? [0, 1, 2, 3, 4, 5, 6, 7].map((line) => (
                <tr key={line}>
                  <td colSpan={columns.length + (spec.bulk ? 1 : 0) + (spec.rowActions ? 1 : 0)}><Skeleton h={12} w={`${90 - line * 6}%`} /></td>
                </tr>
              ))
            : rows.map((row, index) => {
                const id = spec.rowId(row);
                return (
                  <Line
                    key={id} id={id} name={spec.rowName(row)} tone={spec.rowTone?.(row)} columns={columns} row={row} at={props.at === index} open={props.open === String(id)}
                    chosen={chosen.has(id)} onChoose={spec.bulk ? onChoose : undefined} onOpen={props.onOpen} actions={spec.rowActions ? actions : undefined}
                  />
                );
              })}
        </tbody>
      </table>
    </section>
  );
}

function Head<Row>({ column, sort, onSort, widths, setWidth }: { column: Column<Row> } & Props<Row>) {
  const { t } = useTranslation();
  const order = column.sort === undefined ? null : sort === column.sort ? "ascending" : sort === `-${column.sort}` ? "descending" : "none";
  const drag = (event: PointerEvent<HTMLElement>) => {
    const cell = event.currentTarget.closest("th");
    if (!cell) return;
    event.preventDefault();
    const [from, width, handle] = [event.clientX, cell.offsetWidth, event.currentTarget];
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => setWidth(column.key, width + move.clientX - from);
    handle.onpointerup = () => {
      handle.onpointermove = null;
    };
  };
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
    if (by) setWidth(column.key, (widths[column.key] ?? event.currentTarget.closest("th")?.offsetWidth ?? 120) + by);
  };
  return (
    <th scope="col" aria-sort={order ?? undefined} className={column.align === "right" ? "right" : undefined}>
      {column.sort === undefined ? (
        <span className="cut">{column.title}</span>
      ) : (
        <UnstyledButton className="sort cut" onClick={() => onSort(order === "ascending" ? `-${column.sort}` : (column.sort ?? ""))}>
          {column.title}
          {order === "ascending" ? <IconArrowUp size={13} /> : order === "descending" ? <IconArrowDown size={13} /> : null}
        </UnstyledButton>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a handle is no rule */}
      <span
        className="grip" role="separator" aria-orientation="vertical" aria-label={t("table.width", { name: column.title })} tabIndex={0}
        aria-valuenow={widths[column.key] ?? column.width ?? 160} aria-valuemin={48} aria-valuemax={1200} onPointerDown={drag} onKeyDown={step}
      />
    </th>
  );
}

type LineProps<Row> = Pick<Props<Row>, "columns" | "onOpen"> & {
  id: RowId;
  name: string;
  tone: string | undefined;
  row: Row;
  at: boolean;
  open: boolean;
  chosen: boolean;
  onChoose?: Props<Row>["onChoose"];
  actions?: (row: Row) => RowAction[];
};

/** Drawn again when it changed itself, or the page made other columns: not for a choice, a move or a look elsewhere in the list. */
const Line = memo(DrawnLine) as typeof DrawnLine;

function DrawnLine<Row>({ id, name, tone, row, columns, chosen, onChoose, at, open, onOpen, actions }: LineProps<Row>) {
  const { t } = useTranslation();
  const click = (event: MouseEvent<HTMLElement>) => {
    const inner = event.target instanceof Element && event.target.closest("a,button,input,label,[role=menuitem],[data-inner]");
    if (onOpen && !inner && !String(getSelection())) onOpen(row);
  };
  return (
    // The keyboard opens it with Enter, see keys.ts.
    <tr
      id={`row-${id}`} onClick={click} data-at={at || undefined} data-open={open || undefined} data-tone={tone}
      data-chosen={chosen || undefined} className={onOpen ? "openable" : undefined}
    >
      {onChoose ? (
        <td className="pick">
          <input type="checkbox" className="check" aria-label={t("table.select", { name })} checked={chosen} onChange={(event) => onChoose([row], event.currentTarget.checked)} />
        </td>
      ) : null}
      {columns.map((column, place) => (
        <td key={column.key} className={column.align === "right" ? "right" : undefined}>
          {place === 0 && onOpen ? (
            <UnstyledButton className="cut opener" onClick={() => onOpen(row)}>{column.render(row)}</UnstyledButton>
          ) : (
            <div className="cut">{column.render(row)}</div>
          )}
        </td>
      ))}
      {actions ? <td className="pick"><RowMenu name={name} actions={() => actions(row)} /></td> : null}
    </tr>
  );
}

export function RowMenu({ name, actions }: { name: string; actions: () => RowAction[] }) {
  const { t } = useTranslation();
  const { button, made, opened, onChange, press } = useLater();
  const target = { type: "button", "aria-label": t("table.actionsOf", { name }), className: "row-menu", children: <IconDots size={16} /> } as const;
  if (!made) return <button {...target} aria-haspopup="menu" aria-expanded={false} onClick={press} />;
  return (
    <Menu withinPortal opened={opened} onChange={onChange}>
      <Menu.Target><button ref={button} {...target} /></Menu.Target>
      <Menu.Dropdown>
        {opened
          ? actions().map((action) => (
              <Menu.Item
                key={action.key} leftSection={<action.icon size={15} />} color={action.danger ? "red" : undefined} disabled={action.disabled}
                onClick={() => void action.run()}
              >
                {action.label}
              </Menu.Item>
            ))
          : null}
      </Menu.Dropdown>
    </Menu>
  );
}
