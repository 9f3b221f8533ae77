export { DataTable } from "./DataTable";
export { ExportMenu } from "./ExportMenu";
export type { BulkAction, BulkDone, Column, Filter, ListPage, ListQuery, ListSpec, RowAction } from "./types";
