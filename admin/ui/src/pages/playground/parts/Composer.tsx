/** The input: words and pictures for every lane at once. */
import { ActionIcon, Button, CloseButton, FileButton, Group, Textarea, Tooltip } from "@mantine/core";
import { IconPhoto, IconPlayerStop, IconSend } from "@tabler/icons-react";
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Block, ImageBlock } from "~/lib/protocols";
import { dataUrl } from "~/lib/protocols/pieces";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { say } from "../state/edits";
import { MAX_PICTURES, readPicture, type Refusal, TYPES } from "../state/pictures";
import { EDIT_LAST } from "./UserTurn";

export function Composer() {
  const { t } = useTranslation("playground");
  const { playground, ask } = useShared();
  const { talk, busy } = playground.useState();
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState<ImageBlock[]>([]);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const waits = busy.size > 0;
  const ready = talk.lanes.some((lane) => lane.model !== "");

  const blocks = (): Block[] => [...pictures, ...(text.trim() === "" ? [] : [{ type: "text" as const, text }])];
  useEffect(() => {
    playground.draft = () => blocks();
  });
  const add = async (files: Iterable<File>) => {
    setRefused(null);
    const read = await Promise.all([...files].map(readPicture));
    const good = read.filter((one): one is ImageBlock => typeof one !== "string");
    const bad = read.find((one): one is Refusal => typeof one === "string");
    setPictures((before) => [...before, ...good].slice(0, MAX_PICTURES));
    if (bad) setRefused(bad);
    else if (pictures.length + good.length > MAX_PICTURES) setRefused("count");
  };
  const send = () => {
    const said = blocks();
    if (waits || !ready) return;
    // Without words of its own the conversation is sent as it stands, where it waits for an answer.
    if (said.length > 0) playground.change((now) => say(now, said));
    const waiting = playground.get().talk.lanes.filter((lane) => lane.items.at(-1)?.kind === "user");
    setText("");
    setPictures([]);
    setRefused(null);
    ask(waiting.map((lane) => lane.id));
    input.current?.focus();
  };
  const key = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    else if (event.key === "ArrowUp" && text === "") window.dispatchEvent(new Event(EDIT_LAST));
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (files.length === 0) return;
    event.preventDefault();
    void add(files);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void add(event.dataTransfer.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped here; the button does the same
    <div className={styles.composer} onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      {pictures.length > 0 ? (
        <Group gap={6} mb={6}>
          {pictures.map((picture, at) => (
            <div key={at} className={styles.thumb}>
              <img src={dataUrl(picture)} alt={t("picture.given", { number: at + 1 })} />
              <CloseButton size="xs" variant="filled" aria-label={t("picture.remove", { number: at + 1 })} onClick={() => setPictures(pictures.toSpliced(at, 1))} />
            </div>
          ))}
        </Group>
      ) : null}
      <Textarea
        ref={input} autosize minRows={2} maxRows={12} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={key} onPaste={paste}
        placeholder={t("input.placeholder")} aria-label={t("input.label")} error={refused ? t(`picture.refused.${refused}`, { most: MAX_PICTURES }) : undefined}
        variant="unstyled" data-testid="input"
      />
      <Group gap={6} justify="space-between" wrap="nowrap">
        <FileButton onChange={(files) => void add(files)} accept={TYPES.join(",")} multiple>
          {(props) => (
            <Tooltip label={t("picture.add")}><ActionIcon {...props} aria-label={t("picture.add")}><IconPhoto size={18} stroke={1.7} /></ActionIcon></Tooltip>
          )}
        </FileButton>
        {waits ? (
          <Button variant="default" leftSection={<IconPlayerStop size={15} />} onClick={() => playground.stop()}>{t("stop")}</Button>
        ) : (
          <Button leftSection={<IconSend size={15} />} onClick={send} disabled={!ready}>{t("send")}</Button>
        )}
      </Group>
    </div>
  );
}
