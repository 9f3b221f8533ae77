/** What was said to the model, or what its tools answered. */
import { Group, Text } from "@mantine/core";
import { IconGitBranch, IconPencil, IconTool, IconTrash } from "@tabler/icons-react";
import { memo, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Copy } from "~/components/Copy";
import type { Block, ResultBlock } from "~/lib/protocols";
import { dataUrl, textOf } from "~/lib/protocols/pieces";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { branch, remove, sayAgain } from "../state/edits";
import type { Said } from "../state/types";
import { Act } from "./Act";
import { Editor } from "./Editor";

/** The composer asks for the last input to be edited (arrow up). */
export const EDIT_LAST = "playground:edit-last";

export const UserTurn = memo(function UserTurn({ item, lane }: { item: Said; lane: string }) {
  const { t } = useTranslation("playground");
  const { playground, ask } = useShared();
  const [editing, setEditing] = useState(false);
  const words = textOf(item.blocks);
  const results = item.blocks.filter((block) => block.type === "result");
  useEffect(() => {
    const edit = () => {
      const said = playground.get().talk.lanes[0]?.items.filter((one) => one.kind === "user" && one.blocks.some((block) => block.type !== "result"));
      if (playground.get().talk.lanes[0]?.id === lane && said?.at(-1)?.id === item.id) setEditing(true);
    };
    window.addEventListener(EDIT_LAST, edit);
    return () => window.removeEventListener(EDIT_LAST, edit);
  }, [playground, item.id, lane]);
  const send = (text: string) => {
    const rest = item.blocks.filter((block) => block.type !== "text");
    const said: Block[] = text === "" ? rest : [...rest, { type: "text", text }];
    setEditing(false);
    if (said.length === 0) return;
    playground.stop();
    const talk = playground.change((now) => sayAgain(now, item.id, said));
    ask(talk.lanes.filter((one) => one.items.some((other) => other.id === item.id)).map((one) => one.id));
  };
  return (
    <article className={styles.user} data-testid="user">
      <div className={styles.bubble} data-wide={editing || undefined}>
        {results.map((result) => <Result key={result.id} result={result} />)}
        {item.blocks.map((block, place) =>
          block.type === "image" ? <img key={place} className={styles.picture} src={dataUrl(block)} alt={t("picture.given", { number: place + 1 })} /> : null,
        )}
        {editing ? <Editor text={words} save={t("edit.send")} onSave={send} onCancel={() => setEditing(false)} /> : words}
      </div>
      <Group gap={0} className={styles.acts} wrap="nowrap" justify="flex-end">
        {words === "" ? null : <Copy text={words} label={t("act.copy")} />}
        {results.length > 0 ? null : <Act label={t("act.editSend")} icon={IconPencil} onClick={() => setEditing(true)} />}
        <Act label={t("act.branch")} icon={IconGitBranch} onClick={() => playground.open(branch(playground.get().talk, lane, item.id))} />
        <Act label={t("act.remove")} icon={IconTrash} onClick={() => playground.change((talk) => remove(talk, item.id))} />
      </Group>
    </article>
  );
});

function Result({ result }: { result: ResultBlock }) {
  const { t } = useTranslation("playground");
  return (
    <div className={styles.result}>
      <Text size="xs" fw={600} className={styles.callName}><IconTool size={14} /> {t(result.isError ? "result.failed" : "result.title", { name: result.name })}</Text>
      <pre>{result.text}</pre>
    </div>
  );
}
