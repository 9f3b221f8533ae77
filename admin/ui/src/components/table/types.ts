/** What a list says of itself; see DataTable.tsx. */
import type { ComponentType, ReactNode } from "react";
import type { Schema } from "~/api";

export type Icon = ComponentType<{ size?: number | string }>;
export type RowId = number | string;

export type Column<Row> = {
  /** Unique in the list; views and widths are kept by it. */
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** Pixels at first. A person's own width wins. Without it the column takes what is left. */
  width?: number;
  align?: "right";
  /** Name for the API's `sort`, where it can. */
  sort?: string;
  /** Not shown until a person asks for it. */
  hidden?: boolean;
  /** Where it stands on a phone's card: heading, beside it, a labelled line (default), or nowhere. */
  card?: "title" | "badge" | "line" | false;
};

type Option = { value: string; label: string };
/** `rare` ones wait behind a button until they are wanted. */
export type Filter = { name: string; label: string; rare?: boolean } & (
  | { type: "text" | "number" | "flag" }
  | { type: "choice"; options: Option[] }
  /** Options that the server finds by what is typed. */
  | { type: "pick"; search: (text: string) => Promise<Option[]> }
  /** A time range: the URL keeps "24h" or "from~to" under `name`; the query gets `from` and `to` (ISO 8601). */
  | { type: "range"; from: string; to: string }
);

// biome-ignore lint/suspicious/noExplicitAny: each route's query has a type of its own; the filters are declared beside the call.
export type ListQuery = { limit: number; cursor?: string; sort?: string; q?: string } & Record<string, any>;
/** Where the API gives all of a list as a file (`?format=`); `asked` turns the list's query into that of the route. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type ListFile = { path: string; asked?: (query: Record<string, any>) => Record<string, any> };
export type ListPage<Row> = { items: Row[]; next?: string | null };

export type RowAction = { key: string; label: string; icon: Icon; run: () => unknown; danger?: boolean; disabled?: boolean };

export type BulkDone = Schema<"BulkDone">;
export type BulkAction = {
  key: string;
  label: string;
  icon: Icon;
  /** Asks first, with the count that a dry run gives. */
  danger?: boolean;
  /** Null: the person thought better of it. */
  run: (ids: number[], dryRun: boolean) => Promise<BulkDone | null>;
  /** Takes it back for those that were changed; offered in the toast. */
  undo?: (ids: number[]) => Promise<unknown>;
};

export type ListSpec<Row> = {
  /** Names the list in stored views. */
  id: string;
  /** Of TanStack Query: invalidate it after a change. */
  queryKey: readonly unknown[];
  load: (query: ListQuery, signal: AbortSignal) => Promise<ListPage<Row>>;
  columns: Column<Row>[];
  rowId: (row: Row) => RowId;
  /** A row's name for screen readers and reports. */
  rowName: (row: Row) => string;
  filters?: Filter[];
  /** What the search field says that it finds; without it there is none. */
  search?: string;
  defaultSort?: string;
  rowActions?: (row: Row) => RowAction[];
  bulk?: BulkAction[];
  /** What the bulk routes call a row, where that is not `rowId`. */
  bulkId?: (row: Row) => number;
  /** Opens beside the list at ?peek=id. `load` finds a row that is on another page. */
  peek?: { title: (row: Row) => ReactNode; render: (row: Row, close: () => void) => ReactNode; load?: (id: string) => Promise<Row>; size?: number };
  /** A button that opens a form at ?new=1. */
  create?: { label: string; render: (close: () => void) => ReactNode; size?: number };
  /** What stands in place of a list that has no rows at all. */
  empty: { title: string; text: string; action?: ReactNode; icon?: ComponentType<{ size?: number; stroke?: number }> };
  /** A button that keeps the whole list, narrowed as it is, as a file. */
  file?: ListFile;
  /** Further buttons of the tool bar. */
  tools?: ReactNode;
  /** Asks again every so many milliseconds, without losing place. */
  refreshMs?: number;
  rowTone?: (row: Row) => "bad" | "idle" | undefined;
};
