/** Series over time as areas, lines or stacked bars, with a table of the same numbers for who cannot see them. */
import { VisuallyHidden } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { every, stack, steps } from "~/lib/scale";
import "./chart.css";
import { Marks } from "./Marks";

export type Series = { name: string; label: string; color?: string };
type Row = { at: string } & Record<string, number | string>;
type Props = {
  label: string;
  kind?: "area" | "line" | "bar";
  /** One row for a step of time: `at` is the label of the axis, the rest are the series' values; a line passes over what is not there. */
  rows: Row[];
  series: Series[];
  format?: (value: number) => string;
  /** What stands behind a value beside the pointer. */
  more?: (value: number) => string;
  height?: number;
  stacked?: boolean;
};
const COLOURS = ["accent.6", "teal.5", "orange.5", "violet.5", "blue.5", "green.5", "yellow.5", "red.5"];
const LEGEND = 26;
const FOOT = 22;
const HEAD = 8;
const GRID = 4;
/** What a label of the lower axis takes at least, in pixels. */
const LABEL = 68;
const long = (text: string) => [...text].reduce((pixels, sign) => pixels + (sign > "\u2e80" ? 12 : 6.6), 12);

export default function TimeChart({ label, kind = "area", rows, series, format = String, more, height = 220, stacked = false }: Props) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize();
  const [at, setAt] = useState<number | null>(null);
  const drawn = series.map((one, index) => {
    const [name, shade] = (one.color ?? COLOURS[index % COLOURS.length] ?? "accent.6").split(".");
    return { ...one, color: `var(--mantine-color-${name}-${shade})` };
  });
  const names = series.map((one) => one.name).join("\n");
  const values = useMemo(() => rows.map((row) => names.split("\n").map((name) => Number(row[name] ?? Number.NaN))), [rows, names]);
  const below = useMemo(() => values.map((row) => (stacked ? stack(row.map((value) => value || 0)) : row.map(() => 0))), [values, stacked]);
  const axis = useMemo(() => {
    const most = Math.max(0, ...values.flatMap((row, index) => row.map((value, place) => (value || 0) + (below[index]?.[place] ?? 0))));
    return steps(most, GRID, values.flat().every((value) => Number.isNaN(value) || Number.isInteger(value)));
  }, [values, below]);
  const legend = series.length > 1;
  const left = Math.min(96, 14 + 6.6 * Math.max(...axis.map((step) => format(step).length)));
  const wide = Math.max(0, width - left - 8);
  const high = height - HEAD - FOOT - (legend ? LEGEND : 0);
  const top = axis.at(-1) ?? 1;
  const slot = wide / Math.max(1, rows.length);
  const x = (index: number) => left + slot * (index + 0.5);
  const y = (value: number) => HEAD + high * (1 - value / top);
  const step = every(rows.length, wide / Math.max(LABEL, ...rows.map((row) => long(row.at))));
  const find = (event: PointerEvent<SVGSVGElement>) => {
    const place = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / slot);
    setAt(place >= 0 && place < rows.length ? place : null);
  };
  const shown = at === null ? undefined : rows[at];
  const said = (row: Row, name: string) => (row[name] === undefined ? "—" : format(Number(row[name])));
  return (
    <figure className="chart" aria-label={label}>
      <div ref={ref} className="chart-box" style={{ height }} aria-hidden>
        {width > 0 ? (
          <svg aria-hidden="true" width={width} height={height - (legend ? LEGEND : 0)} onPointerMove={find} onPointerDown={find} onPointerLeave={() => setAt(null)}>
            {axis.map((step) => (
              <g key={step}>
                <line className="chart-grid" x1={left} x2={left + wide} y1={y(step)} y2={y(step)} />
                <text x={left - 6} y={y(step) + 4} textAnchor="end">{format(step)}</text>
              </g>
            ))}
            {rows.map((row, index) => (index % step === 0 ? <text key={row.at} x={Math.max(x(index), long(row.at) / 2 - 6)} y={HEAD + high + 16} textAnchor="middle">{row.at}</text> : null))}
            {shown && at !== null ? <rect className="chart-at" x={x(at) - slot / 2} y={HEAD} width={slot} height={high} /> : null}
            <Marks kind={kind} stacked={stacked} values={values} below={below} colours={drawn.map((one) => one.color)} slot={slot} x={x} y={y} />
          </svg>
        ) : null}
        {legend ? <ul className="chart-legend">{drawn.map((one) => <li key={one.name}><i style={{ background: one.color }} />{one.label}</li>)}</ul> : null}
        {shown && at !== null ? (
          <div className="chart-tip" style={x(at) > width / 2 ? { right: width - x(at) + 10 } : { left: x(at) + 10 }}>
            <b>{shown.at}</b>
            {drawn.map((one) => <span key={one.name}><i style={{ background: one.color }} />{one.label}<span className="num">{said(shown, one.name)}{more && shown[one.name] !== undefined ? ` ${more(Number(shown[one.name]))}` : ""}</span></span>)}
          </div>
        ) : null}
      </div>
      <VisuallyHidden>
        <table>
          <caption>{label}</caption>
          <thead><tr><th scope="col">{t("chart.time")}</th>{drawn.map((one) => <th scope="col" key={one.name}>{one.label}</th>)}</tr></thead>
          <tbody>{rows.map((row) => <tr key={row.at}><th scope="row">{row.at}</th>{drawn.map((one) => <td key={one.name}>{said(row, one.name)}</td>)}</tr>)}</tbody>
        </table>
      </VisuallyHidden>
    </figure>
  );
}
