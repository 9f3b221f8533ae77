/** A block of code with its language and a button to copy it. */
import { Copy } from "../Copy";
import styles from "./markdown.module.css";

export function Code({ text, language }: { text: string; language?: string }) {
  return (
    <figure className={styles.code}>
      <figcaption>
        <span>{language || "text"}</span>
        <Copy text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard */}
      <pre tabIndex={0}><code>{text}</code></pre>
    </figure>
  );
}
