/** Settings: all of them, drawn by one renderer from the schema that the API gives. What is looked at is in the URL: ?area=, ?q=, #name. */
import { Badge, Button, Checkbox, Group, NavLink, Paper, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconHistory, IconSearch, IconSettings, IconShieldLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import { api, ok, useCan } from "~/api";
import { DirtyGuard, Empty, Page, ProblemText } from "~/components";
import { Bar } from "./Bar";
import { Row } from "./Row";
import { matches, type SettingsArea } from "./shape";
import "./settings.css";
import { KEY, useDraft } from "./useDraft";
import { useWords } from "./words";

/** Areas in the order in which they are looked for; others follow. */
const ORDER = ["console", "identity", "keys", "models", "channels", "logs", "network", "mail", "notifications", "bonuses", "payments"];
const rank = ({ area }: SettingsArea) => (ORDER.includes(area) ? ORDER.indexOf(area) : ORDER.length);

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const can = useCan();
  const found = useQuery({ queryKey: KEY, queryFn: ({ signal }) => ok(api.GET("/api/v1/settings", { signal })) });
  return (
    <Page
      title={t("nav.page")} about={t("about")}
      actions={can("audit.read", "all") ? <Button component={Link} to="/audit?kind=settings" variant="default" leftSection={<IconHistory size={16} />}>{t("history")}</Button> : undefined}
    >
      {found.isError ? <ProblemText error={found.error} retry={() => void found.refetch()} /> : null}
      {found.data ? <Areas areas={[...found.data.items].sort((one, other) => rank(one) - rank(other))} may={can("settings.write", "all")} /> : found.isError ? null : <div aria-busy="true" />}
    </Page>
  );
}

function Areas({ areas, may }: { areas: SettingsArea[]; may: boolean }) {
  const { t } = useTranslation("settings");
  const words = useWords();
  const draft = useDraft(areas);
  const navigate = useNavigate();
  const { hash } = useLocation();
  const [params, setParams] = useSearchParams();
  const q = params.get("q")?.trim() ?? "";
  const changed = params.get("changed") === "1";
  const target = decodeURIComponent(hash.slice(1));
  const named = params.get("area") ?? target.split(".")[0];
  const wide = q !== "" || changed;
  const at = wide ? undefined : (areas.find((one) => one.area === named) ?? areas[0]);
  const shown = areas
    .filter((area) => wide || area === at)
    .map((area) => ({
      area,
      settings: area.settings.filter((one) => (!changed || one.source !== "default" || one.key in draft.values) && (!q || matches([words.label(one), words.hint(one), one.key, one.description, words.area(area)], q))),
    }))
    .filter((one) => one.settings.length > 0);

  const listed = shown.some(({ settings }) => settings.some((one) => one.key === target));
  useEffect(() => {
    if (!target || !listed) return;
    document.getElementById(target)?.scrollIntoView({ block: "center" });
    // The list may come after somebody has opened the palette over it: what is typed there must not land in a setting.
    if (!document.activeElement?.closest("[role=dialog]")) document.getElementById(`field-${target}`)?.focus({ preventScroll: true });
  }, [target, listed]);

  const open = (area: string) => navigate({ search: `?area=${area}` }, { replace: true });
  const show = (key: string) => navigate({ search: `?area=${key.split(".")[0]}`, hash: key }, { replace: true });
  const narrow = (name: string, value: string) =>
    setParams((now) => { value ? now.set(name, value) : now.delete(name); now.delete("area"); return now; }, { replace: true });
  const options = areas.map((area) => ({ value: area.area, label: words.area(area) }));
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Search q={q} put={(text) => narrow("q", text)} />
        <Checkbox label={t("changedOnly")} checked={changed} onChange={(event) => narrow("changed", event.currentTarget.checked ? "1" : "")} />
      </Group>
      {may ? null : <Text size="sm" c="dimmed">{t("readOnly")}</Text>}
      <div className="settings">
        <Select hiddenFrom="sm" aria-label={t("areas.choose")} data={options} value={at?.area ?? null} placeholder={t("areas.found")} onChange={(area) => area && open(area)} />
        <Stack component="nav" gap={0} visibleFrom="sm" aria-label={t("areas.label")}>
          {options.map(({ value, label }) => (
            <NavLink key={value} component="button" className="nav-link" label={label} active={value === at?.area} aria-current={value === at?.area ? "true" : undefined} onClick={() => open(value)} />
          ))}
        </Stack>
        <Stack gap="sm">
          {shown.length === 0 ? (
            <Empty icon={IconSettings} title={t("nothing.title")} text={t("nothing.text")} action={<Button variant="default" onClick={() => navigate({ search: "" }, { replace: true })}>{t("nothing.clear")}</Button>} />
          ) : null}
          {shown.map(({ area, settings }) => (
            <Paper key={area.area} withBorder component="section" aria-label={words.area(area)}>
              <Group p="sm" gap="xs">
                <Title order={2} size="h3">{words.area(area)}</Title>
                {area.settings.every((one) => one.guarded) ? <Badge color="gray" variant="light" leftSection={<IconShieldLock size={13} />}>{t("guarded")}</Badge> : null}
              </Group>
              {settings.map((one) => <Row key={one.key} setting={one} words={words} draft={draft} may={may} />)}
            </Paper>
          ))}
          <Bar draft={draft} words={words} show={show} />
        </Stack>
      </div>
      <DirtyGuard dirty={draft.count > 0 && !draft.busy} within />
    </Stack>
  );
}

/** What is typed counts at once; the URL follows. */
function Search({ q, put }: { q: string; put: (text: string) => void }) {
  const { t } = useTranslation("settings");
  const [text, setText] = useState(q);
  useEffect(() => setText((now) => (now.trim() === q ? now : q)), [q]);
  const change = (next: string) => {
    setText(next);
    put(next.trim());
  };
  return <TextInput flex="1 1 220px" maw={420} type="search" aria-label={t("search")} placeholder={t("search")} leftSection={<IconSearch size={15} />} value={text} onChange={(event) => change(event.currentTarget.value)} />;
}
