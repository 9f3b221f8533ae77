/** The same call for a shell, Python and JavaScript, to copy. Never give it a stored secret: name a variable. */
import { Code, Group, Tabs } from "@mantine/core";
import { Copy } from "./Copy";

/** Language's name -> code. */
export function CodeSnippets({ snippets }: { snippets: Record<string, string> }) {
  const names = Object.keys(snippets);
  return (
    <Tabs defaultValue={names[0]} keepMounted={false}>
      <Tabs.List>{names.map((name) => <Tabs.Tab key={name} value={name}>{name}</Tabs.Tab>)}</Tabs.List>
      {names.map((name) => (
        <Tabs.Panel key={name} value={name} pt="xs">
          <Group align="flex-start" wrap="nowrap" gap={4} className="snippet">
            <Code block tabIndex={0}>{snippets[name]}</Code>
            <Copy text={snippets[name] ?? ""} />
          </Group>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
