/**
 * Markdown as React elements, by marked's lexer (15.6 KB on the wire) alone: no HTML is ever made or taken over.
 *
 * Tags in a text are shown as they are written, addresses other than http(s) and mailto are no links, and pictures of
 * other sites are links, for a picture's address can carry away what a model was told. Blocks that did not change are
 * not drawn again while an answer grows.
 */
import { Anchor } from "@mantine/core";
import { lexer, type Token, type Tokens } from "marked";
import { Fragment, memo, type ReactNode } from "react";
import { Code } from "./Code";
import styles from "./markdown.module.css";

/** `small`: beside other things, as what is announced. */
export const Markdown = memo(function Markdown({ text, small }: { text: string; small?: boolean }) {
  const blocks = lexer(text, { gfm: true, breaks: true });
  return (
    <div className={small ? `${styles.markdown} ${styles.small}` : styles.markdown}>
      {blocks.map((token, place) => (
        <Block key={place} raw={token.raw} token={token} />
      ))}
    </div>
  );
});

const Block = memo(
  ({ token }: { raw: string; token: Token }) => <>{block(token)}</>,
  (before, after) => before.raw === after.raw && before.token.type === after.token.type,
);

function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      // One level below the lane's, whatever a model began with: an outline has no gaps.
      return <h3 data-depth={Math.min(token.depth, 4)}>{inline(token.tokens)}</h3>;
    case "code":
      return <Code text={token.text} language={(token.lang ?? "").split(/\s/)[0]} />;
    case "blockquote":
      return <blockquote>{blocks(token.tokens)}</blockquote>;
    case "hr":
      return <hr />;
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "text":
      return token.tokens ? inline(token.tokens) : token.text;
    default:
      return <p>{token.raw}</p>;
  }
}

const blocks = (tokens: Token[] | undefined): ReactNode =>
  (tokens ?? []).map((token, place) => <Fragment key={place}>{block(token)}</Fragment>);

function list(token: Tokens.List): ReactNode {
  const items = token.items.map((item, place) => (
    <li key={place}>
      {item.task ? <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label={item.text} /> : null}
      {blocks(item.tokens.filter((one) => one.type !== "checkbox"))}
    </li>
  ));
  return token.ordered ? <ol start={token.start === "" ? 1 : token.start}>{items}</ol> : <ul>{items}</ul>;
}

function table({ header, rows, align }: Tokens.Table): ReactNode {
  const style = (place: number) => ({ textAlign: align[place] ?? undefined });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
    <div className={styles.scrolled} tabIndex={0}>
      <table>
        <thead><tr>{header.map((cell, at) => <th key={at} style={style(at)}>{inline(cell.tokens)}</th>)}</tr></thead>
        <tbody>{rows.map((row, at) => <tr key={at}>{row.map((cell, place) => <td key={place} style={style(place)}>{inline(cell.tokens)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function inline(tokens: Token[] | undefined): ReactNode {
  return (tokens ?? []).map((token, place) => <Fragment key={place}>{piece(token)}</Fragment>);
}

function piece(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return link(token.href, inline(token.tokens));
    case "image":
      return link(token.href, token.text || token.href);
    case "text":
    case "escape":
      return "tokens" in token && token.tokens ? inline(token.tokens) : unescaped(token.text);
    default:
      return token.raw;
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** React escapes by itself; what a lexer wrote as an entity is read back once. */
const unescaped = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");

/** An address that may be followed; null for those of scripts, files and other sorts. */
export function safe(href: string): string | null {
  return /^(https?:\/\/|mailto:)/i.test(href.trim()) ? href.trim() : null;
}

function link(href: string, children: ReactNode): ReactNode {
  const to = safe(href);
  if (to === null) return <>{children}</>;
  return <Anchor href={to} target="_blank" rel="noopener noreferrer nofollow" inherit underline="always">{children}</Anchor>;
}
