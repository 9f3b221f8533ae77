/** Setups with a name, kept in this browser. */
import { ActionIcon, Button, CloseButton, Group, Menu, Modal, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconDeviceFloppy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useShared } from "../state/context";
import { changeSetup, newId } from "../state/edits";
import type { Preset, Talk } from "../state/types";

export function Presets() {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const [presets, setPresets] = useState(() => playground.shelf.presets());
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const keep = (next: Preset[]) => {
    playground.shelf.savePresets(next);
    setPresets(next);
  };
  const save = () => {
    const { setup, lanes } = playground.get().talk;
    const made = { name: name.trim(), setup, lanes: lanes.map(({ model, protocol }) => ({ model, protocol })) };
    keep([...presets.filter((one) => one.name !== made.name), made]);
    setNaming(false);
    setName("");
  };
  return (
    <>
      <Menu width={260}>
        <Menu.Target>
          <Tooltip label={t("presets.title")}><ActionIcon aria-label={t("presets.title")}><IconBookmark size={18} stroke={1.7} /></ActionIcon></Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {presets.map((preset) => (
            <Menu.Item key={preset.name} onClick={() => playground.change((talk) => applied(talk, preset))}>{preset.name}</Menu.Item>
          ))}
          {presets.length === 0 ? <Menu.Label>{t("presets.none")}</Menu.Label> : <Menu.Divider />}
          <Menu.Item leftSection={<IconDeviceFloppy size={15} />} onClick={() => setNaming(true)}>{t("presets.save")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={() => setNaming(false)} title={t("presets.title")} closeButtonProps={{ "aria-label": t("close") }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") save();
          }}
        >
          <TextInput label={t("presets.name")} value={name} maxLength={60} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
          <Group justify="flex-end" mt="sm"><Button type="submit" disabled={name.trim() === ""}>{t("save")}</Button></Group>
          {presets.map((preset) => (
            <Group key={preset.name} gap={6} mt={6} justify="space-between" wrap="nowrap">
              {preset.name}
              <CloseButton size="sm" aria-label={t("presets.remove", { name: preset.name })} onClick={() => keep(presets.filter((one) => one !== preset))} />
            </Group>
          ))}
        </form>
      </Modal>
    </>
  );
}

/** The setup of a preset, and its models where nothing was said yet. */
function applied(talk: Talk, preset: Preset): Talk {
  const fresh = talk.lanes.every((lane) => lane.items.length === 0) && preset.lanes.length > 0;
  const lanes = fresh ? preset.lanes.map((lane) => ({ ...lane, id: newId(), items: [] })) : talk.lanes;
  return changeSetup({ ...talk, lanes }, preset.setup);
}
