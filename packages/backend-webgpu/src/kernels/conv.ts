/** @file `conv` and `convBias`: correlation with strides, dilation, groups and spread inputs, as a product: channels are rows, places of the output columns, channels of x by window the depth. */
import { type Kernel, phasesAlong, type PrimitiveAttrs, type Shape, sizeOf, type Steps, type Triple, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { convText, convWords, isPlanar } from "./conv-text.ts";
import { Products } from "./product/products.ts";

type ConvAttrs = PrimitiveAttrs["conv"];
type ConvView = View<WebGpuBuffer>;

/** With a third input, the bias of each channel, too. */
export function convKernel(device: WebGpuDevice): Kernel<ConvAttrs, WebGpuBuffer> {
  const products = new Products(device, "conv");

  const whole = (x: ConvView, filter: ConvView, bias: ConvView | undefined, out: ConvView, attrs: ConvAttrs): void => {
    const planar = isPlanar(x, filter, out, attrs), [apartD, apartH, apartW] = attrs.spread, spread = apartD !== 1 || apartH !== 1 || apartW !== 1;
    const groups = out.shape[0]!, examples = out.shape[1]!, channels = out.shape[2]!, places = out.shape[3]! * out.shape[4]! * out.shape[5]!;
    const window = filter.shape[3]! * filter.shape[4]! * filter.shape[5]!;
    products.run({
      rows: filter, columns: x, beginnings: bias, out, variant: (planar ? 1 : 0) + (spread ? 2 : 0) + (bias === undefined ? 0 : 4),
      sizes: { rows: channels, columns: examples * places, depth: filter.shape[2]! * window, batch: groups },
      rowsAlong: Math.abs(filter.strides[5]!) < Math.abs(filter.strides[2]!),
      columnsAlong: false,
      text: (slots, _, begin) => ({ ...convText(slots, x.dtype, planar, spread, begin), dtype: x.dtype }),
      write: (ints, at, target) => convWords(ints, at, x, filter, target, bias, attrs),
    });
  };

  return (inputs, outputs, attrs) => {
    device.assertAlive();
    const [x, filter, bias] = inputs as [ConvView, ConvView, ConvView?], out = outputs[0]!;
    if (isWhole(attrs, 0) && isWhole(attrs, 1) && isWhole(attrs, 2)) return whole(x, filter, bias, out, attrs);
    const [depths, heights, widths] = ([0, 1, 2] as const).map((d) => phasesAlong(d, filter.shape[d + 3]!, out.shape[d + 3]!, attrs));
    for (const depth of depths!) for (const height of heights!) for (const width of widths!) {
      const phases = [depth, height, width] as const;
      const of = (name: "padding" | "dilation" | "spread"): Triple => [depth[name], height[name], width[name]];
      const own = { stride: attrs.stride, padding: of("padding"), dilation: of("dilation"), spread: of("spread") };
      whole(x, stepped(filter, phases.map((phase) => phase.filter)), bias, stepped(out, phases.map((phase) => phase.out)), own);
    }
  };
}

/** Whether the call is one product as far as this dim goes. */
const isWhole = ({ spread, stride }: ConvAttrs, d: 0 | 1 | 2): boolean => spread[d] === 1 || stride[d] > 1;

/** Some elements of each spatial dim. */
function stepped(view: ConvView, steps: readonly Steps[]): ConvView {
  const { buffer, dtype, shape, strides, offset } = view;
  const each = (values: Shape, change: (value: number, step: Steps) => number): number[] => values.map((value, d) => (d < 3 ? value : change(value, steps[d - 3]!)));
  const sizes = each(shape, (_, { count }) => count);
  const start = steps.reduce((at, { first }, d) => at + first * strides[d + 3]!, offset);
  return new View(buffer, dtype, sizes, each(strides, (stride, { step }) => stride * step), start, sizeOf(sizes), false);
}
