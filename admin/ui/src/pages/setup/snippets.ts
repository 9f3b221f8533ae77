/** The first call as code. The key is a variable: it is in no snippet. */

export function snippets(root: string, model: string, prompt: string): Record<string, string> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: prompt }] });
  return {
    curl: `curl ${root}/v1/chat/completions \\\n  -H "Authorization: Bearer $GATEWAY_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '${body.replaceAll("'", "'\\''")}'`,
    Python: `import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="${root}/v1", api_key=os.environ["GATEWAY_API_KEY"])\nanswer = client.chat.completions.create(\n    model=${JSON.stringify(model)},\n    messages=[{"role": "user", "content": ${JSON.stringify(prompt)}}],\n)\nprint(answer.choices[0].message.content)`,
    JavaScript: `import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: "${root}/v1", apiKey: process.env.GATEWAY_API_KEY });\nconst answer = await client.chat.completions.create({\n  model: ${JSON.stringify(model)},\n  messages: [{ role: "user", content: ${JSON.stringify(prompt)} }],\n});\nconsole.log(answer.choices[0].message.content);`,
  };
}
