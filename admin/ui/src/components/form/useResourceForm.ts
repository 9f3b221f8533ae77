/** A form of one object: what the server says of fields stands at them, a change of somebody else is shown before it is lost.
 *
 * const form = useResourceForm({ initial, etag, save: (values, etag) => ok(api.PATCH(..., { body: values, params: { header: ifMatch(etag) } })), onSaved });
 * <ResourceForm form={form}><TextInput {...form.field("name")} label={...} /></ResourceForm>
 */
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useCallback, useState } from "react";
import { ApiProblem, isProblem } from "~/api";
import { fieldText } from "./fieldText";

type Options<Values, Saved> = {
  initial: Values;
  etag?: string;
  save: (values: Values, etag: string | undefined) => Promise<Saved>;
  onSaved?: (saved: Saved) => unknown;
  /** The object as it is now, for when somebody else changed it meanwhile. */
  reload?: () => Promise<{ value: Values; etag: string }>;
  /** Errors that need no server: name -> text. */
  check?: (values: Values) => Partial<Record<string, string>>;
};

export type ResourceFormState<Values> = {
  values: Values;
  set: <Name extends keyof Values>(name: Name, value: Values[Name]) => void;
  /** Props of an input: `{...form.field("name")}`; with "checkbox" for switches and check boxes. */
  field: (name: keyof Values & string, type?: "checkbox") => ReturnType<UseFormReturnType<Record<string, unknown>>["getInputProps"]>;
  errors: Record<string, unknown>;
  dirty: boolean;
  busy: boolean;
  problem: unknown;
  conflict: { value: Values; etag: string } | null;
  submit: () => Promise<void>;
  /** After a conflict: save mine over it, or take theirs. */
  keepMine: () => Promise<void>;
  takeTheirs: () => void;
  reset: () => void;
};

export function useResourceForm<Values extends object, Saved>(options: Options<Values, Saved>): ResourceFormState<Values> {
  const { save, onSaved, reload, check } = options;
  const form = useForm<Record<string, unknown>>({ mode: "controlled", initialValues: options.initial as Record<string, unknown> });
  const [etag, setEtag] = useState(options.etag);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [conflict, setConflict] = useState<{ value: Values; etag: string } | null>(null);
  const values = form.values as Values;

  const send = useCallback(
    async (tag: string | undefined) => {
      form.clearErrors();
      setProblem(null);
      const wrong = check?.(values) ?? {};
      if (Object.keys(wrong).length > 0) {
        form.setErrors(wrong);
        return;
      }
      setBusy(true);
      try {
        const saved = await save(values, tag);
        setConflict(null);
        form.resetDirty(values as Record<string, unknown>);
        await onSaved?.(saved);
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 412 && reload) setConflict(await reload());
        else if (isProblem(error, "invalid") && error.fields.length > 0) {
          const byField = await Promise.all(Object.entries(error.byField()).map(async ([name, text]) => [name, await fieldText(text)] as const));
          // What is wrong with a part of a list or object ("networks.0") stands at its field too.
          const whole = byField.filter(([name]) => name.includes(".")).map(([name, text]) => [name.split(".")[0] ?? "", text] as const);
          form.setErrors(Object.fromEntries([...whole, ...byField]));
          // What names no field of this form is said above it.
          const names = Object.keys(values);
          if (byField.some(([name]) => !names.includes(name.split(".")[0] ?? ""))) setProblem(error);
        } else setProblem(error);
      } finally {
        setBusy(false);
      }
    },
    [form, check, values, save, onSaved, reload],
  );

  return {
    values,
    set: (name, value) => form.setFieldValue(name as string, value as never),
    field: (name, type) => form.getInputProps(name, type ? { type } : undefined),
    errors: form.errors,
    dirty: form.isDirty(),
    busy,
    problem,
    conflict,
    submit: () => send(etag),
    keepMine: async () => {
      const fresh = conflict?.etag;
      setEtag(fresh);
      await send(fresh);
    },
    takeTheirs: () => {
      if (!conflict) return;
      form.setInitialValues(conflict.value as Record<string, unknown>);
      form.setValues(conflict.value as Record<string, unknown>);
      setEtag(conflict.etag);
      setConflict(null);
    },
    reset: () => form.reset(),
  };
}
