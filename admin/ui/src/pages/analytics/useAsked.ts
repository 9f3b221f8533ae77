/** What the URL asks for, as the server is asked: period, grouping, measure, filters, whose requests. */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { type Reach, useCan, useMe } from "~/api";
import { type Grouping, groupings, useFilters } from "./filters";
import { MEASURES, type Measure } from "./measures";
import { mixed, periodOf, USUAL } from "./period";

const SCOPES: Reach[] = ["all", "organisation", "own"];

export function useAsked() {
  const me = useMe();
  const can = useCan();
  const [url, setUrl] = useSearchParams();
  const scopes = SCOPES.filter((one) => can("reports.read", one) && (one !== "organisation" || me.organisation_id));
  const scope = scopes.find((one) => one === url.get("scope")) ?? scopes[0] ?? "own";
  const filters = useFilters(scope);
  const choices = groupings(scope);
  const by: Grouping = choices.find((one) => one === url.get("by")) ?? "model";
  const measure: Measure = MEASURES.find((one) => one === url.get("chart")) ?? "requests";
  const apart = url.get("split") !== "no";
  const range = url.get("when") || USUAL;
  const period = useMemo(() => periodOf(range, Date.now()), [range]);

  const values: Record<string, string> = {};
  for (const { name } of filters) {
    const value = url.get(name);
    if (value) values[name] = value;
  }
  const query: Record<string, string> = { ...values };
  // A narrower view than one's own reach: the server narrows to the reach itself.
  if (scope !== scopes[0]) {
    if (scope === "own") query.user = String(me.id);
    else query.organisation = String(me.organisation_id);
  }
  if (period.from) query.since = period.from;
  if (period.to) query.until = period.to;

  const dimensions = [...Object.keys(values), ...(apart ? [by] : []), ...(scope === "own" ? ["user"] : scope === "organisation" ? ["organisation"] : [])];
  const timed = period.per === "day" || !mixed(dimensions);

  /** Change a part of the URL; `usual` is what it says nothing of. What is paged begins again. */
  const put = useCallback(
    (changes: Record<string, string>) =>
      setUrl((now) => {
        const made = new URLSearchParams(now);
        made.delete("after");
        for (const [name, value] of Object.entries(changes)) value ? made.set(name, value) : made.delete(name);
        return made;
      }, { preventScrollReset: true }),
    [setUrl],
  );
  return { scopes, scope, everything: scope === "all", filters, values, choices, by, measure, apart, range, period, query, timed, put };
}

export type Asked = ReturnType<typeof useAsked>;
