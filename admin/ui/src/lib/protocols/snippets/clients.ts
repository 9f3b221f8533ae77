/** How programs that speak a protocol of their own are pointed at the gateway (docs/clients.md). The key stays in a variable. */
import { KEY_VARIABLE } from "./curl";
import { shell } from "./literals";

/** Program's name -> what its shell or its file is told. `root` is the gateway's address without a slash at its end. */
export function clients(root: string, model: string): Record<string, string> {
  return {
    "OpenAI SDK": [`export OPENAI_BASE_URL=${root}/v1`, `export OPENAI_API_KEY=$${KEY_VARIABLE}`].join("\n"),
    "Claude Code": [`export ANTHROPIC_BASE_URL=${root}`, `export ANTHROPIC_AUTH_TOKEN=$${KEY_VARIABLE}`, `export ANTHROPIC_MODEL=${shell(model)}`, `export ANTHROPIC_SMALL_FAST_MODEL=${shell(model)}`, "claude"].join("\n"),
    Codex: [
      "# ~/.codex/config.toml", `model = ${JSON.stringify(model)}`, 'model_provider = "gateway"', "", "[model_providers.gateway]", 'name = "gateway"', `base_url = "${root}/v1"`,
      `env_key = "${KEY_VARIABLE}"`, 'wire_api = "responses"',
    ].join("\n"),
    "Gemini CLI": [`export GOOGLE_GEMINI_BASE_URL=${root}`, `export GEMINI_API_KEY=$${KEY_VARIABLE}`, `gemini -m ${shell(model)}`].join("\n"),
  };
}
