/** Where numbers of a chart stand: round steps of its axis, and how many labels fit. */

const ROUND = [1, 2, 2.5, 5, 10];

/** Round numbers from 0 to at least `most`, at most `count` steps; `whole`: of what comes in ones there are no halves. */
export function steps(most: number, count: number, whole = false): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fits = (one: number) => one * power >= rough * (1 - 1e-9) && (!whole || Number.isInteger(one * power));
  const step = whole && rough < 1 ? 1 : (ROUND.find(fits) ?? 10) * power;
  const found = Math.ceil(most / step - 1e-9);
  return Array.from({ length: found + 1 }, (_, index) => index * step);
}

/** Each how manieth of `count` labels is written where only `room` have room. */
export const every = (count: number, room: number): number => Math.max(1, Math.ceil(count / Math.max(1, Math.floor(room))));

/** For stacked series: what lies below each value of a row. */
export function stack(values: number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    const below = sum;
    sum += value;
    return below;
  });
}
