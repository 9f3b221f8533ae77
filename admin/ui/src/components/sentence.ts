/** What the API says of a refusal, in the person's language: by the sentence's code, with what is filled in. */
import i18next from "i18next";

export type Spoken = { code: string; params: Record<string, string | number>; text: string };

/** Waits for the sentences. One that has no code, or no words here, is said as it came. */
export async function sentence(spoken: Spoken): Promise<string> {
  await i18next.loadNamespaces("sentences");
  return worded(spoken);
}

/** The same where they are there already. */
export function worded({ code, params, text }: Spoken): string {
  if (!code || !i18next.exists(`sentences:said.${code}`)) return text;
  const kind = String(params.kind ?? "");
  const named = i18next.exists(`sentences:kinds.${kind}`) ? { kind: i18next.t(`sentences:kinds.${kind}` as never) } : {};
  return String(i18next.t(`sentences:said.${code}` as never, { ...params, ...named } as never));
}
