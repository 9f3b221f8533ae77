/** The blocks of an answer in their order: thinking folded, text as Markdown, calls, pictures. */
import { Text } from "@mantine/core";
import { IconBrain, IconTool } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Block, CallBlock, ThinkingBlock } from "~/lib/protocols";
import { dataUrl } from "~/lib/protocols/pieces";
import styles from "../playground.module.css";
import { Code } from "~/components/markdown/Code";
import { Markdown } from "~/components/markdown/Markdown";

export function Blocks({ blocks, growing }: { blocks: Block[]; growing?: boolean }) {
  return blocks.map((block, place) => (
    <One key={place} block={block} growing={growing === true && place === blocks.length - 1} />
  ));
}

const One = memo(function One({ block, growing }: { block: Block; growing: boolean }) {
  const { t } = useTranslation("playground");
  switch (block.type) {
    case "text":
      return block.text === "" ? null : <Markdown text={block.text} />;
    case "image":
      return <img className={styles.picture} src={dataUrl(block)} alt={t("picture.made")} />;
    case "thinking":
      return <Thinking block={block} growing={growing} />;
    case "call":
      return <Call block={block} />;
    case "result":
      return null;
  }
});

function Thinking({ block, growing }: { block: ThinkingBlock; growing: boolean }) {
  const { t } = useTranslation("playground");
  if (block.text === "" && !growing) {
    return block.encrypted || block.details ? <Text size="xs" c="dimmed" className={styles.sealed}><IconBrain size={14} /> {t("thinking.sealed")}</Text> : null;
  }
  return (
    <details className={styles.thinking}>
      <summary><IconBrain size={14} /> {growing ? t("thinking.now") : t("thinking.title")}</summary>
      <div>{block.text}</div>
    </details>
  );
}

function Call({ block }: { block: CallBlock }) {
  const { t } = useTranslation("playground");
  return (
    <div className={styles.call}>
      <Text size="xs" fw={600} className={styles.callName}><IconTool size={14} /> {t("call.title", { name: block.name })}</Text>
      <Code text={pretty(block.arguments)} language="json" />
    </div>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json || "{}"), null, 2);
  } catch {
    return json;
  }
}
