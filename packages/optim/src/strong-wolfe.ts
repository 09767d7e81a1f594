/** @file A line search for a step that satisfies the strong Wolfe conditions (Nocedal and Wright, 2006, algorithms 3.5 and 3.6). Knows numbers and what is evaluated, no tensor. */
import type { Waiting } from "./waits.ts";

/** What is known at a step: the loss, its derivative along the direction, and the gradient, which is the caller's. */
export type Point<G> = { readonly at: number; readonly loss: number; readonly slope: number; readonly grad: G };

/** The minimum, within the bounds, of the cubic that has the values and slopes of two points. */
function cubicMinimum(a: Point<unknown>, b: Point<unknown>, [least, most]: readonly [number, number] = a.at <= b.at ? [a.at, b.at] : [b.at, a.at]): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.at - b.at);
  const square = d1 ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const minimum = a.at <= b.at
    ? b.at - (b.at - a.at) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    : a.at - (a.at - b.at) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2));
  return Math.min(Math.max(minimum, least), most);
}

export type SearchOptions = { readonly tolerance?: number; readonly maxEvaluations?: number };

/** Searches from `start` (at 0), first at the step `first`. `norm` is the largest element of the direction. */
export function* strongWolfe<G>(
  evaluate: (at: number) => Waiting<Point<G>>, start: Point<G>, first: number, norm: number, { tolerance = 1e-9, maxEvaluations = 25 }: SearchOptions = {},
): Waiting<{ readonly point: Point<G>; readonly evaluations: number }> {
  const decrease = 1e-4, curvature = 0.9;
  const tooHigh = ({ at, loss }: Point<G>): boolean => loss > start.loss + decrease * at * start.slope;
  const isFlat = ({ slope }: Point<G>): boolean => Math.abs(slope) <= -curvature * start.slope;

  // A bracket: two points with a good one between them, or one that is good already.
  let before = start, now = yield* evaluate(first), evaluations = 1, iteration = 0;
  let bracket: [Point<G>, Point<G>] | undefined;
  for (; iteration < maxEvaluations; iteration++) {
    if (tooHigh(now) || (iteration > 1 && now.loss >= before.loss)) { bracket = [before, now]; break; }
    if (isFlat(now)) return { point: now, evaluations };
    if (now.slope >= 0) { bracket = [before, now]; break; }
    const next = cubicMinimum(before, now, [now.at + 0.01 * (now.at - before.at), now.at * 10]);
    before = now;
    now = yield* evaluate(next);
    evaluations++;
  }
  const [left, right] = bracket ?? [start, now];
  let [low, high] = left.loss <= right.loss ? [left, right] : [right, left];

  // The bracket shrinks around the point.
  let wasClose = false;
  while (iteration < maxEvaluations && Math.abs(high.at - low.at) * norm >= tolerance) {
    const least = Math.min(low.at, high.at), most = Math.max(low.at, high.at), margin = 0.1 * (most - least);
    let at = cubicMinimum(low, high);
    const isClose = Math.min(most - at, at - least) < margin;
    if (isClose && (wasClose || at >= most || at <= least)) {
      at = Math.abs(at - most) < Math.abs(at - least) ? most - margin : least + margin;
      wasClose = false;
    } else wasClose = isClose;
    now = yield* evaluate(at);
    evaluations++;
    iteration++;
    if (tooHigh(now) || now.loss >= low.loss) {
      high = now;
      if (!(low.loss <= high.loss)) [low, high] = [high, low];
      continue;
    }
    const isDone = isFlat(now);
    if (!isDone && now.slope * (high.at - low.at) >= 0) high = low;
    low = now;
    if (isDone) break;
  }
  return { point: low, evaluations };
}
