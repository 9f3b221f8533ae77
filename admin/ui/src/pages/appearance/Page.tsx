/** The look and the language: kept in this browser at once, and in the account. */
import { Group, Paper, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useChangeMe, useMe } from "~/api";
import { useSite } from "~/api/site";
import { failed, Page } from "~/components";
import { LOCALES, type Locale, setLocale } from "~/i18n";
import { ACCENTS, type Accent, type Appearance, appearance, DENSITIES, MONIES, PRESETS, type Preset, RADII, SCALES, SCHEMES, setAppearance, useAppearance } from "~/theme";
import { hex } from "~/theme/colour";
import { USUAL } from "~/theme/appearance";

export default function AppearancePage() {
  const { t, i18n } = useTranslation(["appearance", "common"]);
  const look = useAppearance();
  const me = useMe();
  const change = useChangeMe();
  const unit = useSite()?.currency;
  const keep = async (patch: Parameters<typeof change>[0]) => {
    if (me.kind !== "session") return;
    try {
      await change(patch);
    } catch (error) {
      failed(error);
    }
  };
  const put = (part: Partial<Appearance>) => {
    setAppearance(part);
    void keep({ preferences: { ...me.preferences, appearance: { ...appearance() } } });
  };
  const kept = { scheme: look.scheme, money: look.money };
  const preset = (name: Preset) => put({ ...USUAL, ...PRESETS[name], ...kept });
  const isPreset = (name: Preset) => {
    const whole = { ...USUAL, ...PRESETS[name], ...kept };
    return (Object.keys(whole) as (keyof Appearance)[]).every((key) => whole[key] === look[key]);
  };
  const accentOf = (part: Partial<Appearance>): Accent => part.accent ?? USUAL.accent;
  const swatch = (accent: Accent) => hex(0.55, ACCENTS[accent][0], ACCENTS[accent][1]);
  const language = (value: string | null) => {
    if (!value) return;
    void setLocale(value as Locale);
    void keep({ language: value });
  };
  const choice = <Name extends keyof Appearance>(name: Name, values: readonly Appearance[Name][], label: string, text: (value: string) => string) => (
    <div>
      <Text size="sm" fw={500} mb={4} id={`look-${name}`}>{label}</Text>
      <SegmentedControl size="xs" aria-labelledby={`look-${name}`} value={String(look[name])} data={values.map((value) => ({ value: String(value), label: text(String(value)) }))}
        onChange={(value) => put({ [name]: name === "scale" ? Number(value) : value } as Partial<Appearance>)} />
    </div>
  );
  return (
    <Page title={t("title")} about={t("about")} wide={false}>
      <Paper withBorder p="md">
        <Stack gap="md">
          <Group align="flex-end" gap="xl">
            <Select label={t("language")} w={200} allowDeselect={false} value={i18n.language} data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))} onChange={language} />
            {choice("scheme", SCHEMES, t("scheme"), (value) => t(`schemes.${value}` as never) as string)}
            {unit && unit.code !== "USD" ? choice("money", MONIES, t("money"), (value) => (value === "usd" ? "USD" : unit.code === "custom" ? unit.unit : unit.code === "quota" ? t("common:quotaUnit") : unit.code)) : null}
          </Group>
          <div>
            <Title order={2} size="h3" mb="xs">{t("presets")}</Title>
            <div className="swatches">
              {(Object.keys(PRESETS) as Preset[]).map((name) => (
                <button type="button" key={name} className="swatch" aria-pressed={isPreset(name)} onClick={() => preset(name)}>
                  <i style={{ background: swatch(accentOf(PRESETS[name])) }} aria-hidden />{t(`preset.${name}`)}
                </button>
              ))}
            </div>
          </div>
          <div>
            <Title order={2} size="h3" mb="xs">{t("accent")}</Title>
            <div className="swatches">
              {(Object.keys(ACCENTS) as Accent[]).map((accent) => (
                <button type="button" key={accent} className="swatch" aria-pressed={look.accent === accent} onClick={() => put({ accent })}>
                  <i style={{ background: swatch(accent) }} aria-hidden />{t(`accents.${accent}`)}
                </button>
              ))}
            </div>
          </div>
          <Group gap="xl">
            {choice("density", DENSITIES, t("density"), (value) => t(`densities.${value}` as never) as string)}
            {choice("radius", RADII, t("radius"), (value) => t(`radii.${value}` as never) as string)}
            {choice("scale", SCALES, t("scale"), (value) => `${Math.round(Number(value) * 100)} %`)}
            {choice("font", ["system", "serif", "mono"], t("font"), (value) => t(`fonts.${value}` as never) as string)}
            {choice("ground", ["neutral", "warm", "plain"], t("ground"), (value) => t(`grounds.${value}` as never) as string)}
          </Group>
        </Stack>
      </Paper>
    </Page>
  );
}
