/** The request in JavaScript without a library: fetch is in browsers, Node, Deno and Bun alike. */

import type { Written } from "../types";
import { KEY_VARIABLE } from "./curl";

export function javascript({ path, headers, body }: Written, root: string): string {
  const streams = body.stream === true || path.includes("alt=sse");
  const more = Object.entries(headers).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  const written = JSON.stringify(body, null, 2).replaceAll("\n", "\n  ");
  return `const response = await fetch(${JSON.stringify(new URL(path, root).href)}, {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.${KEY_VARIABLE}}\`,
    "Content-Type": "application/json",
${more.join("")}  },
  body: JSON.stringify(${written}),
});
if (!response.ok) throw new Error(\`\${response.status} \${await response.text()}\`);
${streams ? STREAM : "console.log(JSON.stringify(await response.json(), null, 2));\n"}`;
}

const STREAM = `for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
  process.stdout.write(chunk);
}
`;
