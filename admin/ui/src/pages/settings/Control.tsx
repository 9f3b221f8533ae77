/** The field of one setting, made from its JSON Schema. The only place where a kind of value becomes something to type into. */
import { Input, MultiSelect, NumberInput, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { AmountInput, JsonEditor } from "~/components";
import { decimal, nanoOf } from "~/lib/money";
import { Pairs } from "./Pairs";
import { choices, example, formOf, kindOf, type Setting } from "./shape";
import type { Words } from "./words";

type Props = { setting: Setting; words: Words; value: unknown; error?: ReactNode; disabled: boolean; put: (value: unknown) => void };
/** Millionths in a hundredth. */
const PERCENT = 10_000;
/** Choices from which on one types to find one. */
const MANY = 12;

export function Control({ setting, words, value, error, disabled, put }: Props) {
  const { t } = useTranslation("settings");
  const form = formOf(setting);
  const id = `field-${setting.key}`;
  const own = { id, error, disabled, "aria-describedby": `about-${setting.key}` };
  const options = (values: string[]) => values.map((one) => ({ value: one, label: words.choice(setting, one) }));
  switch (kindOf(setting)) {
    case "secret":
      return <Secret {...own} set={setting.value === true} typed={typeof value === "string" ? value : ""} put={put} />;
    case "switch":
      return <Switch {...own} checked={value === true} label={t(value ? "on" : "off")} aria-label={words.label(setting)} onChange={(event) => put(event.currentTarget.checked)} />;
    case "choice":
      return <Select {...own} data={options(choices(form))} value={String(value)} allowDeselect={false} searchable={choices(form).length > MANY} onChange={(next) => put(next)} />;
    case "choices":
      return <MultiSelect {...own} data={options(choices(form.items ?? {}))} value={value as string[]} onChange={put} />;
    case "nano":
      return <Nano {...own} nano={value} put={put} />;
    case "amount":
      return <AmountInput {...own} value={String(value)} onChange={put} />;
    case "share":
      return <NumberInput {...own} value={typeof value === "number" ? value / PERCENT : ""} suffix=" %" decimalScale={4} onChange={(next) => put(typeof next === "number" ? Math.round(next * PERCENT) : next)} />;
    case "number":
      return (
        <NumberInput
          {...own} value={value as number} min={form.minimum} max={form.maximum} clampBehavior="none" allowDecimal={form.type === "number"} thousandSeparator=""
          suffix={words.unit(setting) ? ` ${words.unit(setting)}` : ""} onChange={put}
        />
      );
    case "tags":
      return <TagsInput {...own} value={value as string[]} placeholder={(value as string[]).length === 0 ? example(setting) : ""} onChange={put} />;
    case "numbers":
      return <TagsInput {...own} value={(value as number[]).map(String)} onChange={(next) => put(next.map((one) => (/^-?\d+$/.test(one) ? Number(one) : one)))} />;
    case "pairs":
      return <><Pairs id={id} label={words.label(setting)} value={value as Record<string, string>} disabled={disabled} onChange={put} />{error ? <Wrong text={error} /> : null}</>;
    case "long":
      return <Textarea {...own} value={String(value)} autosize minRows={2} maxRows={10} maxLength={form.maxLength} onChange={(event) => put(event.currentTarget.value)} />;
    case "text":
      return <TextInput {...own} value={String(value)} placeholder={example(setting)} maxLength={form.maxLength} onChange={(event) => put(event.currentTarget.value)} />;
    case "json":
      return <JsonEditor label={words.label(setting)} value={value} minRows={3} error={error} onChange={(next, bad) => (bad || disabled ? undefined : put(next))} />;
  }
}

const Wrong = ({ text }: { text: ReactNode }) => <Input.Error mt={4}>{text}</Input.Error>;

type Own = { id: string; error?: ReactNode; disabled: boolean; "aria-describedby": string };

function Secret({ set, typed, put, ...own }: Own & { set: boolean; typed: string; put: (value: unknown) => void }) {
  const { t } = useTranslation("settings");
  return (
    <PasswordInput
      {...own} value={typed} autoComplete="new-password" placeholder={t(set ? "secret.set" : "secret.unset")} visibilityToggleButtonProps={{ "aria-label": t("secret.show") }}
      onChange={(event) => put(event.currentTarget.value || undefined)}
    />
  );
}

/** What is typed stays as it is typed; the value is a whole number of nano-USD. */
function Nano({ nano, put, ...own }: Own & { nano: unknown; put: (value: unknown) => void }) {
  const [text, setText] = useState(() => (typeof nano === "number" ? decimal(nano) : String(nano)));
  const change = (next: string) => {
    setText(next);
    const found = nanoOf(next);
    put(found === null ? next : Number(found));
  };
  return <AmountInput {...own} value={text} onChange={change} />;
}
