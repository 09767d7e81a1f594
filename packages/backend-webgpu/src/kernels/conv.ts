/** @file `conv`: correlation with strides, dilation, groups and spread inputs, as a product: channels are rows, places of the output columns, channels of x by window the depth. */
import { type Kernel, phasesAlong, type PrimitiveAttrs, type Shape, sizeOf, type Steps, type Triple, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { convText, convWords, isPlanar } from "./conv-text.ts";
import { Products } from "./product/products.ts";

type ConvAttrs = PrimitiveAttrs["conv"];
type ConvView = View<WebGpuBuffer>;

export function convKernel(device: WebGpuDevice): Kernel<ConvAttrs, WebGpuBuffer> {
  const products = new Products(device, "conv");

  const whole = (x: ConvView, filter: ConvView, out: ConvView, attrs: ConvAttrs): void => {
    const planar = isPlanar(x, filter, out, attrs), spread = attrs.spread.some((apart) => apart !== 1);
    const [groups, examples, channels, ...size] = out.shape as readonly number[] as [number, number, number, ...number[]];
    products.run({
      rows: filter, columns: x, out, variant: (planar ? 1 : 0) + (spread ? 2 : 0),
      sizes: { rows: channels, columns: examples * sizeOf(size), depth: sizeOf(filter.shape.slice(2)), batch: groups },
      rowsAlong: Math.abs(filter.strides[5]!) < Math.abs(filter.strides[2]!),
      columnsAlong: false,
      text: (slots) => ({ ...convText(slots, x.dtype, planar, spread), dtype: x.dtype }),
      write: (ints, at, target) => convWords(ints, at, x, filter, target, attrs),
    });
  };

  return (inputs, outputs, attrs) => {
    device.assertAlive();
    const [x, filter] = inputs as [ConvView, ConvView], out = outputs[0]!;
    if (attrs.spread.every((apart, d) => apart === 1 || attrs.stride[d]! > 1)) return whole(x, filter, out, attrs);
    const [depths, heights, widths] = ([0, 1, 2] as const).map((d) => phasesAlong(d, filter.shape[d + 3]!, out.shape[d + 3]!, attrs));
    for (const depth of depths!) for (const height of heights!) for (const width of widths!) {
      const phases = [depth, height, width] as const;
      const of = (name: "padding" | "dilation" | "spread"): Triple => [depth[name], height[name], width[name]];
      whole(x, stepped(filter, phases.map((phase) => phase.filter)), stepped(out, phases.map((phase) => phase.out)), { stride: attrs.stride, padding: of("padding"), dilation: of("dilation"), spread: of("spread") });
    }
  };
}

/** Some elements of each spatial dim. */
function stepped(view: ConvView, steps: readonly Steps[]): ConvView {
  const { buffer, dtype, shape, strides, offset } = view;
  const each = (values: Shape, change: (value: number, step: Steps) => number): number[] => values.map((value, d) => (d < 3 ? value : change(value, steps[d - 3]!)));
  const sizes = each(shape, (_, { count }) => count);
  const start = steps.reduce((at, { first }, d) => at + first * strides[d + 3]!, offset);
  return new View(buffer, dtype, sizes, each(strides, (stride, { step }) => stride * step), start, sizeOf(sizes), false);
}
