/** The request as it would be sent now, in a language. */
import { Modal, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Block, PROTOCOLS } from "~/lib/protocols";
import { KEY_VARIABLE, type Language, LANGUAGES, snippet } from "~/lib/protocols/snippets";
import { useShared } from "../state/context";
import { conversationOf } from "../state/edits";
import { ROOT } from "../state/sending";
import type { Lane } from "../state/types";
import { Code } from "~/components/markdown/Code";

const NAMES: Record<Language, string> = { curl: "curl", python: "Python", javascript: "JavaScript" };
const MODES: Record<Language, string> = { curl: "sh", python: "py", javascript: "js" };

export function CopyAs({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("playground");
  return (
    <Modal opened={opened} onClose={onClose} title={t("code.title")} size="xl" closeButtonProps={{ "aria-label": t("close") }}>
      {opened ? <Shown /> : null}
    </Modal>
  );
}

function Shown() {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { talk } = playground.useState();
  const [language, setLanguage] = useState<Language>("curl");
  const [chosen, setChosen] = useState(talk.lanes[0]?.id ?? "");
  const lane = talk.lanes.find((one) => one.id === chosen) ?? talk.lanes[0];
  if (!lane) return null;
  const request = PROTOCOLS[lane.protocol].write(conversationOf(talk, asked(lane, playground.draft())));
  return (
    <Stack gap="xs">
      <SegmentedControl data={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))} value={language} onChange={(value) => setLanguage(value as Language)} aria-label={t("code.language")} />
      {talk.lanes.length > 1 ? (
        <Select label={t("lane.model")} data={talk.lanes.map((one, at) => ({ value: one.id, label: `${at + 1} ${one.model}` }))} value={lane.id} onChange={(id) => id && setChosen(id)} allowDeselect={false} />
      ) : null}
      <Text size="xs" c="dimmed">{t("code.key", { name: KEY_VARIABLE })}</Text>
      <Code text={snippet(language, lane.protocol, request, ROOT)} language={MODES[language]} />
    </Stack>
  );
}

/** The lane with what stands in the input; without it, as it was when its last answer was asked for. */
function asked(lane: Lane, draft: Block[]): Lane {
  if (draft.length > 0) return { ...lane, items: [...lane.items, { kind: "user", id: "draft", blocks: draft }] };
  const last = lane.items.findLastIndex((item) => item.kind === "user");
  return { ...lane, items: lane.items.slice(0, last + 1) };
}
