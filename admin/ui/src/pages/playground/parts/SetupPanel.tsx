/** What is said to every lane besides the input: system prompt, parameters, tools, the key. */
import { Accordion, NumberInput, PasswordInput, Select, Stack, Switch, TagsInput, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EFFORTS, type Effort, type Settings } from "~/lib/protocols";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { changeSetup } from "../state/edits";
import { typeKey, typedKey } from "../state/key";
import { FormatFields } from "./FormatFields";
import { JsonField } from "./JsonField";
import { ToolFields } from "./ToolFields";

const MAX_STOPS = 4;

type NumberName = "temperature" | "topP" | "maxTokens" | "budget" | "seed" | "frequencyPenalty" | "presencePenalty";
type Range = { min?: number; max?: number; step?: number; whole?: boolean };

export function SetupPanel() {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { setup } = playground.useState().talk;
  const { settings } = setup;
  const set = (change: { [K in keyof Settings]?: Settings[K] | undefined }) => {
    const now = { ...playground.get().talk.setup.settings, ...change };
    const kept = Object.fromEntries(Object.entries(now).filter(([, value]) => value !== undefined)) as unknown as Settings;
    playground.change((talk) => changeSetup(talk, { settings: kept }));
  };
  const number = (name: NumberName, { min, max, step, whole }: Range) => (
    <NumberInput
      label={t(`setting.${name}`)} value={settings[name] ?? ""} min={min} max={max} step={step} allowDecimal={!whole} placeholder={t("setting.usual")} hideControls
      onChange={(value) => set({ [name]: typeof value === "number" ? value : undefined })}
    />
  );
  return (
    <Stack gap="sm">
      <Textarea
        label={t("setup.system")} autosize minRows={3} maxRows={12} value={setup.system} placeholder={t("setup.systemHint")}
        onChange={(event) => {
          const system = event.currentTarget.value;
          playground.change((talk) => changeSetup(talk, { system }));
        }}
      />
      <Accordion multiple defaultValue={["parameters", "tools"]} chevronPosition="left" order={2} classNames={{ control: styles.section, content: styles.sectionBody, label: styles.sectionLabel }}>
        <Accordion.Item value="parameters">
          <Accordion.Control>{t("setup.parameters")}</Accordion.Control>
          <Accordion.Panel>
            <div className={styles.fields}>
              <Switch className={styles.whole} label={t("setting.stream")} checked={settings.stream} onChange={(event) => set({ stream: event.currentTarget.checked })} />
              {number("temperature", { min: 0, max: 2, step: 0.1 })}
              {number("topP", { min: 0, max: 1, step: 0.05 })}
              {number("maxTokens", { min: 1, whole: true })}
              {number("seed", { whole: true })}
              <Select
                label={t("setting.effort")} clearable placeholder={t("setting.usual")} value={settings.effort ?? null}
                data={EFFORTS.map((value) => ({ value, label: t(`effort.${value}`) }))} onChange={(effort) => set({ effort: (effort as Effort) ?? undefined })}
                clearButtonProps={{ "aria-label": t("clear") }}
              />
              {number("budget", { min: 0, whole: true })}
              {number("frequencyPenalty", { min: -2, max: 2, step: 0.1 })}
              {number("presencePenalty", { min: -2, max: 2, step: 0.1 })}
              <TagsInput
                className={styles.whole} label={t("setting.stop")} value={settings.stop ?? []} maxTags={MAX_STOPS} splitChars={[]} placeholder={settings.stop ? undefined : t("setting.stopHint")}
                onChange={(stop) => set({ stop: stop.length > 0 ? stop : undefined })}
              />
              <FormatFields format={settings.format} onChange={(format) => set({ format })} />
            </div>
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="tools">
          <Accordion.Control>{t("tools.title", { number: setup.tools.length })}</Accordion.Control>
          <Accordion.Panel><ToolFields choice={settings.toolChoice} onChoice={(toolChoice) => set({ toolChoice })} /></Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="more">
          <Accordion.Control>{t("setup.more")}</Accordion.Control>
          <Accordion.Panel>
            <Stack gap={8}>
              <JsonField label={t("setting.extra")} hint={t("setting.extraHint")} value={settings.extra} onChange={(extra) => set({ extra })} />
              <KeyField />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

function KeyField() {
  const { t } = useTranslation("playground");
  const [key, setKey] = useState(typedKey);
  return (
    <div>
      <PasswordInput
        label={t("key.label")} placeholder={t("key.session")} value={key} autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": t("key.show") }}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          typeKey(event.currentTarget.value);
        }}
      />
      <Text size="xs" c="dimmed" mt={4}>{t("key.hint")}</Text>
    </div>
  );
}
