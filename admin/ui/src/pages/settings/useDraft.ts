/** What was changed and is not saved yet, in all areas; saved at once, all or none; taken back at will.
 *
 * A change is based on the state that the area had when its first field was touched: what somebody else changes meanwhile is shown
 * before it is lost.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api, isProblem, ok } from "~/api";
import { done } from "~/components";
import { fieldText } from "~/components/form/fieldText";
import { type Setting, type SettingsArea, same } from "./shape";

type Values = Record<string, unknown>;
type Clash = { setting: Setting; mine: unknown }[];
export const KEY = ["settings"];
const areaOf = (key: string): string => key.split(".")[0] ?? "";

/** "area.name" -> value as the API takes it: by area, then name. */
function byArea(values: Values): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(values)) {
    const area = areaOf(key);
    found[area] = { ...found[area], [key.slice(area.length + 1)]: value };
  }
  return found;
}

const send = (values: Values, tags: Record<string, string> = {}) => ok(api.PATCH("/api/v1/settings", { body: { settings: byArea(values), tags, dry_run: false } }));

export function useDraft(areas: SettingsArea[]) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const [values, setValues] = useState<Values>({});
  const [tags, setTags] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  const [busy, setBusy] = useState(false);
  /** Fields that keep what was typed begin anew with it. */
  const [generation, setGeneration] = useState(0);
  const stored = new Map(areas.flatMap((area) => area.settings.map((one) => [one.key, one] as const)));

  const without = <T,>(from: Record<string, T>, keys: string[]) => Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
  const drop = (keys: string[]) => {
    const left = without(values, keys);
    setValues(left);
    setErrors((now) => without(now, keys));
    setTags((now) => Object.fromEntries(Object.entries(now).filter(([area]) => Object.keys(left).some((key) => areaOf(key) === area))));
  };
  const change = (key: string, value: unknown) => {
    const area = areaOf(key);
    setValues((now) => ({ ...now, [key]: value }));
    setErrors((now) => without(now, [key]));
    setTags((now) => (area in now ? now : { ...now, [area]: areas.find((one) => one.area === area)?.etag ?? "" }));
  };

  /** What brings the values before a save back; a secret that was there cannot be. */
  const wayBack = (): Values =>
    Object.fromEntries(
      Object.keys(values).flatMap((key): [string, unknown][] => {
        const was = stored.get(key);
        if (!was || (was.secret && was.source === "console")) return [];
        return [[key, was.source === "console" ? was.value : null]];
      }),
    );

  const save = async (based = tags): Promise<string | null> => {
    const earlier = wayBack();
    const restart = Object.keys(values).some((key) => stored.get(key)?.restart);
    setBusy(true);
    setProblem(null);
    setErrors({});
    try {
      await send(values, based);
      setClash(null);
      setValues({});
      setTags({});
      await queries.invalidateQueries({ queryKey: KEY });
      setGeneration((now) => now + 1);
      const undo = async () => {
        await send(earlier);
        await queries.invalidateQueries({ queryKey: KEY });
        setGeneration((now) => now + 1);
        done(t("restored"));
      };
      done(t(restart ? "savedRestart" : "saved"), Object.keys(earlier).length > 0 ? undo : undefined);
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 412) await compare();
      else if (isProblem(error, "invalid") && error.fields.length > 0) return await mark(error);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
    return null;
  };

  /** Puts errors at their fields; says which is the first. */
  const mark = async (error: ApiProblem): Promise<string | null> => {
    const found: Record<string, string> = {};
    for (const [path, one] of Object.entries(error.byField())) {
      const [, area, name] = path.split(".");
      found[`${area}.${name}`] ??= await fieldText(one);
    }
    setErrors(found);
    const unknown = Object.keys(found).some((key) => !stored.has(key));
    if (unknown) setProblem(error);
    return Object.keys(found).find((key) => stored.has(key)) ?? null;
  };

  /** What stands against mine now. */
  const compare = async () => {
    const { items } = await ok(api.GET("/api/v1/settings"));
    queries.setQueryData(KEY, { items });
    const now = new Map(items.flatMap((area) => area.settings.map((one) => [one.key, one] as const)));
    const changed = new Set(items.filter((area) => tags[area.area] !== undefined && tags[area.area] !== area.etag).map((area) => area.area));
    const rows = Object.entries(values).flatMap(([key, mine]) => {
      const setting = now.get(key);
      return setting && changed.has(areaOf(key)) ? [{ setting, mine }] : [];
    });
    setTags(Object.fromEntries(items.filter((area) => area.area in tags).map((area) => [area.area, area.etag])));
    setClash(rows);
  };

  return {
    values, errors, problem, clash, busy, generation,
    count: Object.keys(values).length,
    put: (setting: Setting, value: unknown) => {
      if (value === undefined || (!setting.secret && same(value, setting.value))) drop([setting.key]);
      else change(setting.key, value);
    },
    forget: (key: string) => { change(key, null); setGeneration((now) => now + 1); },
    back: (key: string) => { drop([key]); setGeneration((now) => now + 1); },
    discard: () => { drop(Object.keys(values)); setProblem(null); setClash(null); setGeneration((now) => now + 1); },
    save: () => save(),
    takeTheirs: () => { drop((clash ?? []).map((row) => row.setting.key)); setClash(null); setGeneration((now) => now + 1); },
  };
}
export type Draft = ReturnType<typeof useDraft>;
