/** A whole answer: its blocks, what it took, why it failed, and what can be done with it. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconGitBranch, IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Copy } from "~/components/Copy";
import { textOf } from "~/lib/protocols/pieces";
import { CUT, NETWORK } from "~/lib/protocols/run";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { branch, remove, reword, takeBack } from "../state/edits";
import type { Answered } from "../state/types";
import { Act } from "./Act";
import { Blocks } from "./Blocks";
import { Editor } from "./Editor";
import { Facts, Notes } from "./Facts";

export const AnswerTurn = memo(function AnswerTurn({ item, lane }: { item: Answered; lane: string }) {
  const { t } = useTranslation("playground");
  const { playground, ask } = useShared();
  const [editing, setEditing] = useState(false);
  const words = textOf(item.blocks);
  const again = () => {
    playground.change((talk) => takeBack(talk, lane, item.id));
    ask([lane]);
  };
  const put = (text: string) => {
    const rest = item.blocks.filter((block) => block.type !== "text");
    const calls = rest.filter((block) => block.type === "call");
    const before = rest.filter((block) => block.type !== "call");
    playground.change((talk) => reword(talk, lane, item.id, [...before, { type: "text", text }, ...calls]));
    setEditing(false);
  };
  return (
    <article className={styles.answer} data-testid="answer">
      {editing ? <Editor text={words} save={t("save")} onSave={put} onCancel={() => setEditing(false)} /> : <Blocks blocks={item.blocks} />}
      {item.error ? <Failed item={item} again={again} /> : null}
      <Notes item={item} />
      <div className={styles.foot}>
        <Facts item={item} />
        <Group gap={0} className={styles.acts} wrap="nowrap">
          {words === "" ? null : <Copy text={words} label={t("act.copy")} />}
          <Act label={t("act.again")} icon={IconRefresh} onClick={again} />
          {words === "" ? null : <Act label={t("act.edit")} icon={IconPencil} onClick={() => setEditing(true)} />}
          <Act label={t("act.branch")} icon={IconGitBranch} onClick={() => playground.open(branch(playground.get().talk, lane, item.id))} />
          <Act label={t("act.remove")} icon={IconTrash} onClick={() => playground.change((talk) => remove(talk, item.id))} />
        </Group>
      </div>
    </article>
  );
});

function Failed({ item, again }: { item: Answered; again: () => void }) {
  const { t } = useTranslation("playground");
  const { kind = "", message = "" } = item.error ?? {};
  const own = kind === CUT || kind === NETWORK ? kind : undefined;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={own ? t(`error.${own}.title`) : t("error.title", { status: item.status || "–" })} role="alert" p="xs">
      <Text size="sm" className={styles.message}>{own ? t(`error.${own}.text`) : message || t("error.silent")}</Text>
      <Group gap="xs" mt={6}>
        <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={again}>{t("act.retry")}</Button>
        {own ? null : <Text span size="xs" ff="monospace" c="dimmed">{kind}</Text>}
      </Group>
    </Alert>
  );
}
