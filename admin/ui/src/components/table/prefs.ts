/** What a person keeps of a list: saved views in the API, hidden columns in the account, widths in this browser. */
import { useLocalStorage } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok, type Schema, useChangeMe, useMe } from "~/api";

export type View = Schema<"ViewOut">;
type Hidden = Record<string, string[]>;

/** Preferences have a place for 16 KB; what does not fit stays in this browser. */
const MOST = 8_000;

/** Saved views of a list: one's own, and those that others share. Asked for when their menu is opened. */
export function useViews(page: string, wanted: boolean) {
  const queries = useQueryClient();
  const key = ["views", page];
  const { data } = useQuery({ queryKey: key, queryFn: () => ok(api.GET("/api/v1/views", { params: { query: { page } } })), enabled: wanted, staleTime: 60_000 });
  const fresh = () => queries.invalidateQueries({ queryKey: key });
  return {
    views: data?.items ?? [],
    add: async (name: string, query: string, shared: View["shared"]) => {
      await ok(api.POST("/api/v1/views", { body: { page, name, query, shared } }));
      await fresh();
    },
    remove: async (view: View) => {
      await api.DELETE("/api/v1/views/{view}", { params: { path: { view: view.id } } });
      await fresh();
    },
  };
}

/** The columns that a person does not want to see; undefined before they chose. */
export function useHidden(id: string): [string[] | undefined, (hidden: string[]) => Promise<unknown>] {
  const me = useMe();
  const change = useChangeMe();
  const [local, setLocal] = useLocalStorage<Hidden>({ key: "gateway.columns", defaultValue: {}, getInitialValueInEffect: false });
  const stored = (me.preferences.columns ?? {}) as Hidden;
  const save = async (hidden: string[]) => {
    const columns = { ...stored, [id]: hidden };
    if (me.kind === "session" && JSON.stringify(columns).length <= MOST) await change({ preferences: { ...me.preferences, columns } });
    else setLocal({ ...local, [id]: hidden });
  };
  return [stored[id] ?? local[id], save];
}

/** Widths of columns in pixels, by key. */
export function useWidths(id: string) {
  const [widths, setWidths] = useLocalStorage<Record<string, number>>({ key: `gateway.widths.${id}`, defaultValue: {}, getInitialValueInEffect: false });
  return { widths, setWidth: (key: string, width: number) => setWidths((before) => ({ ...before, [key]: Math.max(48, Math.round(width)) })) };
}
