/** The names of a channel's rules, and what each looks like when it is begun. The server knows what they mean. */
export const RULES = [
  "param_override", "header_override", "system_prompt", "privacy", "status_map", "think_tags", "thinking_to_content", "force_format",
  "drop_server_tools", "suffixes", "capabilities", "base_urls",
] as const;

export const BEGUN = {
  param_override: [{ mode: "set", path: "temperature", value: 0.7 }],
  header_override: { "X-Model": "{original_model}" },
  system_prompt: { text: "", mode: "prepend" },
  privacy: true,
  status_map: { "529": 503 },
  think_tags: true,
  thinking_to_content: true,
  force_format: true,
  drop_server_tools: true,
  suffixes: false,
} as const;

export type Begun = keyof typeof BEGUN;
export const BEGUN_NAMES = Object.keys(BEGUN) as Begun[];
