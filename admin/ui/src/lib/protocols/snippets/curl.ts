/** The request as a curl command. */

import type { Written } from "../types";
import { shell } from "./literals";

export const KEY_VARIABLE = "GATEWAY_API_KEY";

export function curl({ path, headers, body }: Written, root: string): string {
  const lines = [
    `curl ${body.stream === true || path.includes("alt=sse") ? "-N " : ""}${shell(new URL(path, root).href)}`,
    `-H "Authorization: Bearer $${KEY_VARIABLE}"`,
    "-H 'Content-Type: application/json'",
    ...Object.entries(headers).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    `-d ${shell(JSON.stringify(body, null, 2))}`,
  ];
  return lines.join(" \\\n  ");
}
