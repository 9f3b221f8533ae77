/** The text of one answer as it arrives, asked for as any client would: by an API key, without the session. */

type Chunk = { choices?: { delta?: { content?: string | null } }[]; error?: { message?: string } };

export async function* stream(url: string, key: string, model: string, prompt: string): AsyncGenerator<string> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "omit",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: prompt }] }),
  });
  if (!response.ok || !response.body) {
    const told = (await response.json().catch(() => ({}))) as Chunk;
    throw new Error(told.error?.message ?? `${response.status}`);
  }
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const chunk = JSON.parse(line.slice(6)) as Chunk;
      if (chunk.error) throw new Error(chunk.error.message ?? "");
      const text = chunk.choices?.[0]?.delta?.content;
      if (text) yield text;
    }
  }
}
