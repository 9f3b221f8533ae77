/** The biggest of something as bars with their names: no chart library is needed for it. */
import { Text } from "@mantine/core";
import type { ReactNode } from "react";

export type Bar = { key: string; name: ReactNode; value: number; shown: ReactNode };

export default function BarList({ label, bars }: { label: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ol className="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <span className="bar" style={{ width: `${(100 * bar.value) / most}%` }} aria-hidden />
          <Text span size="sm" className="cut">{bar.name}</Text>
          <Text span size="sm" className="num">{bar.shown}</Text>
        </li>
      ))}
    </ol>
  );
}
