/** Pairs of a name and a value, in two columns where there is room. */
import { SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing={6} m={0}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">{name}</Text>
          <Text component="dd" size="sm" m={0} className="wrap">{value === "" || value === null || value === undefined ? "—" : value}</Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
