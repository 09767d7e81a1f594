/** @file The losses of several runs as curves, in one SVG. */
import type { DeviceName } from "../devices.ts";

export type Curve = { readonly name: DeviceName; readonly losses: readonly number[] };

const width = 900, height = 280, left = 40, right = 12, top = 12, bottom = 28;
const namespace = "http://www.w3.org/2000/svg";

function shape(kind: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const made = document.createElementNS(namespace, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @param bound the loss of a model that knows frequencies only */
export function chart(curves: readonly Curve[], steps: number, bound: number): SVGElement {
  const highest = Math.max(bound, ...curves.flatMap(({ losses }) => losses)) * 1.05;
  const x = (step: number): number => left + (step / Math.max(1, steps - 1)) * (width - left - right), y = (loss: number): number => height - bottom - (loss / highest) * (height - top - bottom);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Loss by step" });
  for (let loss = 0; loss < highest; loss++) svg.append(shape("line", { class: "grid", x1: left, x2: width - right, y1: y(loss), y2: y(loss) }), shape("text", { x: left - 8, y: y(loss) + 4, "text-anchor": "end" }, String(loss)));
  svg.append(
    shape("line", { class: "bound", x1: left, x2: width - right, y1: y(bound), y2: y(bound) }), shape("text", { x: left + 8, y: y(bound) + 16 }, `frequencies alone, ${bound.toFixed(2)}`),
    shape("text", { x: left, y: height - 8 }, "loss in nats a character"), shape("text", { x: width - right, y: height - 8, "text-anchor": "end" }, `step ${steps}`));
  // Curves that lie on each other are all seen: each later one is thinner.
  curves.forEach(({ name, losses }, i) => {
    const later = curves.length - 1 - i, style = `stroke: var(--${name}); stroke-width: ${2 + 3 * later}; stroke-opacity: ${later === 0 ? 1 : 0.55}`;
    svg.append(shape("polyline", { style, points: losses.map((loss, step) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ") }));
  });
  return svg;
}
