/** What a chart draws of its numbers: areas, lines or bars. Knows nothing of axes. */
type Props = {
  kind: "area" | "line" | "bar";
  stacked: boolean;
  /** For each step of time the values of all series, NaN where there is none, and what lies below each. */
  values: number[][];
  below: number[][];
  colours: string[];
  /** The width of one step. */
  slot: number;
  x: (index: number) => number;
  y: (value: number) => number;
};

export function Marks({ kind, stacked, values, below, colours, slot, x, y }: Props) {
  const count = colours.length;
  if (kind === "bar") {
    const gap = Math.min(8, slot * 0.2);
    const width = (slot - gap) / (stacked ? 1 : count);
    return colours.map((colour, series) => (
      <g key={series} fill={colour}>
        {values.map((row, index) => {
          const [value, base] = [row[series] ?? 0, below[index]?.[series] ?? 0];
          if (!(value > 0)) return null;
          const from = x(index) - (slot - gap) / 2 + (stacked ? 0 : width * series);
          return <rect key={index} x={from} y={y(base + value)} width={Math.max(1, width)} height={Math.max(1, y(base) - y(base + value))} />;
        })}
      </g>
    ));
  }
  return colours.map((colour, series) => {
    const there = values.flatMap((row, index) => (Number.isNaN(row[series]) ? [] : [index]));
    const upper = there.map((index) => `${x(index)},${y((values[index]?.[series] ?? 0) + (below[index]?.[series] ?? 0))}`);
    const lower = there.map((index) => `${x(index)},${y(below[index]?.[series] ?? 0)}`).reverse();
    // A single point is a line to itself: a dot.
    if (upper.length === 1) upper.push(upper[0] ?? "");
    return (
      <g key={series}>
        {kind === "area" ? <polygon points={[...upper, ...lower].join(" ")} fill={colour} opacity={0.16} /> : null}
        <polyline points={upper.join(" ")} fill="none" stroke={colour} strokeWidth={1.75} strokeLinejoin="round" strokeLinecap="round" />
      </g>
    );
  });
}
