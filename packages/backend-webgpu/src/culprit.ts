/** @file Which kernel of a refused submit the device refused: a submit fails as a whole, and says of its parts only what they are labelled. */
import type { BoundChunks } from "./bind-groups.ts";
import { type Call, describeCall } from "./calls.ts";
import type { Pipeline } from "./pipelines.ts";

/** A dispatch that is in a command buffer. */
export type Recorded = {
  readonly pipeline: Pipeline;
  readonly bound: BoundChunks;
  readonly offset: number;
  /** Workgroups in a row, and rows. */
  readonly row: number;
  readonly rows: number;
  readonly call: Call | undefined;
};

const unknown = "submitting commands";

/**
 * Encodes each dispatch again by itself: as it was, which is not submitted, and without workgroups, so that nothing runs, which is: the first tells what is
 * wrong with the commands, the second what is wrong with the memory. Left out is what has memory that the pool has given back since.
 */
export async function nameCulprit(device: GPUDevice, recorded: readonly Recorded[], { constructor }: GPUError): Promise<string> {
  if (constructor.name !== "GPUValidationError") return unknown;
  try {
    const refused = await Promise.all(recorded.map((one) => isRefused(device, one))), first = recorded[refused.indexOf(true)];
    return first === undefined ? unknown : describeCall(first.pipeline.label, first.call);
  } catch {
    return unknown; // The device was lost meanwhile.
  }
}

async function isRefused(device: GPUDevice, { pipeline, bound, offset, row, rows }: Recorded): Promise<boolean> {
  if (bound.chunks.some(({ isDestroyed }) => isDestroyed)) return false;
  const encoded = (x: number, y: number): GPUCommandBuffer => {
    const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
    pass.setPipeline(pipeline.gpu!);
    pass.setBindGroup(0, bound.group, [offset]);
    pass.dispatchWorkgroups(x, y);
    pass.end();
    return encoder.finish();
  };
  device.pushErrorScope("validation");
  encoded(row, rows);
  device.queue.submit([encoded(0, 0)]);
  return (await device.popErrorScope()) !== null;
}
