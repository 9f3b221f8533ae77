/** A small line in a tile or row. What it says stands beside it as a number. */
export default function Sparkline({ values, height = 28 }: { values: number[]; height?: number }) {
  const most = Math.max(1e-9, ...values);
  const points = values.map((value, index) => `${(100 * index) / Math.max(1, values.length - 1)},${(1 - value / most) * (height - 3) + 1.5}`);
  return (
    <svg className="spark" viewBox={`0 0 100 ${height}`} height={height} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="var(--mantine-color-accent-5)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
