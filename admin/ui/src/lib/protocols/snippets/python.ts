/** The request with the vendors' own Python clients: openai, anthropic, google-genai. */

import type { JsonObject, ProtocolName, Written } from "../types";
import { KEY_VARIABLE } from "./curl";
import { isName, python as literal } from "./literals";

/** Arguments that the clients' methods know (openai 3.54, anthropic 2.12); others go in their `extra_body`. */
const KNOWN: Record<"chat" | "responses" | "messages", string> = {
  chat:
    "messages model audio frequency_penalty logit_bias logprobs max_completion_tokens max_tokens metadata modalities n " +
    "parallel_tool_calls prediction presence_penalty prompt_cache_key reasoning_effort response_format " +
    "safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs " +
    "top_p user verbosity web_search_options",
  responses:
    "background conversation include input instructions max_output_tokens max_tool_calls metadata model " +
    "parallel_tool_calls previous_response_id prompt prompt_cache_key reasoning safety_identifier service_tier store " +
    "stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user",
  messages:
    "max_tokens messages model container inference_geo metadata output_config service_tier stop_sequences stream " +
    "system thinking tool_choice tools",
};

export function python(name: ProtocolName, request: Written, root: string): string {
  const { body } = request;
  if (name === "gemini") return genai(request, root);
  const streams = body.stream === true;
  const made = keywords(name, body);
  if (name === "messages") {
    const client = construct("anthropic", "Anthropic", "auth_token", root.replace(/\/$/, ""));
    return `${client}answer = client.messages.create(\n${made})\n${streams ? loop("event", "answer", "event") : "print(answer.to_json())\n"}`;
  }
  const client = construct("openai", "OpenAI", "api_key", new URL("v1", root).href);
  const method = name === "chat" ? "chat.completions" : "responses";
  return `${client}answer = client.${method}.create(\n${made})\n${streams ? loop("event", "answer", "event") : "print(answer.to_json())\n"}`;
}

function construct(module: string, type: string, secret: string, address: string): string {
  return `import os

from ${module} import ${type}

client = ${type}(
    base_url=${JSON.stringify(address)},
    ${secret}=os.environ["${KEY_VARIABLE}"],
)
`;
}

function loop(one: string, many: string, shown: string): string {
  return `for ${one} in ${many}:\n    print(${shown}.to_json(indent=None))\n`;
}

function keywords(name: "chat" | "responses" | "messages", body: JsonObject): string {
  const known = new Set(KNOWN[name].split(" "));
  const own = Object.entries(body).filter(([key]) => known.has(key) && isName(key));
  const extra = Object.entries(body).filter(([key]) => !known.has(key));
  const lines = own.map(([key, value]) => `    ${key}=${literal(value, 4)},\n`);
  if (extra.length > 0) lines.push(`    extra_body=${literal(Object.fromEntries(extra), 4)},\n`);
  return lines.join("");
}

/** google-genai 3.4 takes the settings flat in `config`, in the wire's own spelling; further fields as `extra_body`. */
function genai({ path, body }: Written, root: string): string {
  const { contents, generationConfig, systemInstruction, tools, toolConfig, ...extra } = body;
  const streams = path.includes(":streamGenerateContent");
  const model = decodeURIComponent(/models\/([^:]*):/.exec(path)?.[1] ?? "");
  const config: JsonObject = { ...(generationConfig as JsonObject | undefined) };
  if (systemInstruction !== undefined) config.systemInstruction = systemInstruction;
  if (tools !== undefined) config.tools = tools;
  if (toolConfig !== undefined) config.toolConfig = toolConfig;
  if (Object.keys(extra).length > 0) config.httpOptions = { extraBody: extra };
  const arguments_ =
    `    model=${JSON.stringify(model)},\n    contents=${literal(contents, 4)},\n` +
    (Object.keys(config).length > 0 ? `    config=${literal(config, 4)},\n` : "");
  const method = streams ? "generate_content_stream" : "generate_content";
  const shown = streams
    ? "for piece in answer:\n    print(piece.model_dump_json(exclude_none=True))\n"
    : "print(answer.model_dump_json(exclude_none=True, indent=2))\n";
  return `import os

from google import genai

client = genai.Client(
    api_key=os.environ["${KEY_VARIABLE}"],
    http_options={"base_url": ${JSON.stringify(root.replace(/\/$/, ""))}, "api_version": "v1beta"},
)
answer = client.models.${method}(
${arguments_})
${shown}`;
}
