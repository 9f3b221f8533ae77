/** "Copy as": exactly the request on the page, with an environment variable in the place of the key. */

import type { ProtocolName, Written } from "../types";
import { curl } from "./curl";
import { javascript } from "./javascript";
import { python } from "./python";

export { KEY_VARIABLE } from "./curl";

export const LANGUAGES = ["curl", "python", "javascript"] as const;
export type Language = (typeof LANGUAGES)[number];

/** `root` is the gateway's address with a slash at its end. */
export function snippet(language: Language, protocol: ProtocolName, request: Written, root: string): string {
  if (language === "curl") return curl(request, root);
  return language === "python" ? python(protocol, request, root) : javascript(request, root);
}
