/** Images and sounds of a captured body, drawn from its own bytes: nothing is loaded, and nothing in them can run. */
import { Anchor, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Bytes } from "~/components";
import { numberText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import type { Found, Medium } from "../media/find";
import css from "../usage.module.css";

export function Media({ found, of }: { found: Found; of: "request" | "response" }) {
  const { t } = useTranslation("usage");
  if (found.media.length === 0 && found.left === 0) return null;
  return (
    <>
      <ul className={css.media} aria-label={t(`capture.media.${of}`)}>
        {found.media.map((medium, at) => <One key={at} medium={medium} number={at + 1} />)}
      </ul>
      {found.left > 0 ? <Text size="xs" c="dimmed">{t("capture.media.left", { count: found.left })}</Text> : null}
    </>
  );
}

function One({ medium, number }: { medium: Medium; number: number }) {
  const { t } = useTranslation("usage");
  const locale = useLocale();
  const [broken, setBroken] = useState(false);
  const url = useObjectUrl(medium);
  const { name, size, bytes, cut } = medium;
  const image = medium.type.startsWith("image/");
  const label = t(image ? "capture.media.image" : "capture.media.sound", { number });
  const file = `${image ? "image" : "sound"}-${number}.${name.toLowerCase()}`;
  return (
    <li>
      {url && !broken && image ? <img src={url} alt={label} className={css.picture} onError={() => setBroken(true)} /> : null}
      {/* biome-ignore lint/a11y/useMediaCaption: what somebody's request said has no captions */}
      {url && !broken && !image ? <audio src={url} controls preload="metadata" aria-label={label} onError={() => setBroken(true)} /> : null}
      {broken ? <Text size="sm" c="dimmed">{t("capture.media.broken")}</Text> : null}
      <Text size="xs" c="dimmed">
        {name}{size ? ` · ${numberText(size.width, locale)} × ${numberText(size.height, locale)}` : ""} · <Bytes bytes={bytes.length} />{cut ? ` · ${t("capture.cut")}` : ""}
        {url ? <> · <Anchor href={url} download={file} inherit underline="always" aria-label={t("capture.media.save", { name: label })}>{t("capture.media.keep")}</Anchor></> : null}
      </Text>
    </li>
  );
}

/** An address of the bytes that this page alone knows, until they are not shown any more. */
function useObjectUrl({ bytes, type }: Medium): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url;
}
