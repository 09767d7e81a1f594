/** @file Which call of a kernel is under way, so that what the device refuses can be named. Knows no commands. */
import type { Kernel, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "./buffers.ts";

type Views = readonly View<WebGpuBuffer>[];
export type Call = { readonly kernel: string; readonly inputs: Views; readonly outputs: Views };

export class Calls {
  /** The outermost: attention calls products, and is what was asked for. */
  current: Call | undefined;

  /** The same kernel, whose calls are known while they run. */
  named<Attrs>(kernel: string, run: Kernel<Attrs, WebGpuBuffer>): Kernel<Attrs, WebGpuBuffer> {
    return (inputs, outputs, attrs) => {
      if (this.current !== undefined) return run(inputs, outputs, attrs);
      this.current = { kernel, inputs, outputs };
      try {
        run(inputs, outputs, attrs);
      } finally {
        this.current = undefined;
      }
    };
  }
}

/** "add (kernel map) of float32 [2, 3], float32 [2, 3] to float32 [2, 3]". @param label of the pipeline: the program's name, or what a kernel calls this one of its passes */
export function describeCall(label: string, call: Call | undefined): string {
  if (call === undefined) return label;
  const { kernel, inputs, outputs } = call;
  return `${label}${label === kernel ? "" : ` (kernel ${kernel})`} of ${showAll(inputs)} to ${showAll(outputs)}`;
}
const showAll = (views: Views): string => views.map(({ dtype, shape }) => `${dtype} [${shape.join(", ")}]`).join(", ");
