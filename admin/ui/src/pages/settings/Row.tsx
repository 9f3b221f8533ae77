/** One setting: its name and meaning, its field, where the value comes from, and the ways back. */
import { Badge, Box, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconRestore, IconShieldLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Status, type Tone, When } from "~/components";
import { Control } from "./Control";
import type { Draft } from "./useDraft";
import { kindOf, type Setting } from "./shape";
import "./settings.css";
import type { Words } from "./words";

const TONES: Record<Exclude<Setting["source"], "default">, Tone> = { file: "info", environment: "info", console: "accent" };

/** A change of it asks for a second check: said before one begins. */
function Guarded() {
  const { t } = useTranslation("settings");
  return (
    <Tooltip label={t("guardedHint")} multiline maw={320}>
      <Box component="span" className="setting-guarded" role="img" tabIndex={0} aria-label={t("guarded")}><IconShieldLock size={15} aria-hidden /></Box>
    </Tooltip>
  );
}

export function Row({ setting, words, draft, may }: { setting: Setting; words: Words; draft: Draft; may: boolean }) {
  const { t } = useTranslation("settings");
  const { search, hash } = useLocation();
  const { key } = setting;
  const edited = key in draft.values;
  const forgets = edited && draft.values[key] === null;
  const value = forgets ? setting.default : edited ? draft.values[key] : setting.value;
  const hint = words.hint(setting);
  return (
    <Box id={key} className="setting" data-edited={edited || undefined} data-target={hash === `#${key}` || undefined}>
      <div className="setting-about">
        <Group gap="xs">
          <Text component="label" size="sm" fw={600} htmlFor={kindOf(setting) === "json" ? undefined : `field-${key}`}>{words.label(setting)}</Text>
          {setting.guarded ? <Guarded /> : null}
          {setting.restart ? <Badge color="yellow" variant="light">{t("restart")}</Badge> : null}
          {setting.public ? <Status tone="idle" why={t("public")}>{t("publicShort")}</Status> : null}
        </Group>
        <div id={`about-${key}`}>{hint ? <Text size="sm" c="dimmed">{hint}</Text> : null}</div>
        <Link className="setting-key" to={{ search, hash: key }} replace>{key}</Link>
      </div>
      <div className="setting-value">
        <Control key={draft.generation} setting={setting} words={words} value={kindOf(setting) === "secret" ? draft.values[key] : value} error={draft.errors[key]} disabled={!may} put={(next) => draft.put(setting, next)} />
        <Group gap="xs" mt={6} justify="space-between">
          <Group gap="xs">
            {setting.source === "default" ? <Text size="xs" c="dimmed">{t("source.default")}</Text> : <Status tone={TONES[setting.source]} why={t(`sourceHint.${setting.source}`)}>{t(`source.${setting.source}`)}</Status>}
            {setting.source !== "default" && kindOf(setting) !== "secret" ? <Text size="xs" c="dimmed" className="wrap">{t("usual", { value: words.shown(setting, setting.default) })}</Text> : null}
            {setting.changed_by ? <Text size="xs" c="dimmed">{t("changed", { who: setting.changed_by })} <When at={setting.changed_at} /></Text> : null}
          </Group>
          {edited ? (
            <Button size="compact-xs" variant="subtle" leftSection={<IconArrowBackUp size={14} />} onClick={() => draft.back(key)}>{t("back")}</Button>
          ) : setting.source === "console" && may ? (
            <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconRestore size={14} />} onClick={() => draft.forget(key)}>{t("reset")}</Button>
          ) : null}
        </Group>
        {forgets ? <Text size="xs" mt={4}>{t("resetWaits")}</Text> : null}
      </div>
    </Box>
  );
}
