/** @file Which part of a refused submit the device refused: a submit fails as a whole, and says of its parts only what they are labelled. */
import type { BoundChunks } from "./bind-groups.ts";
import { type Chunk, usage } from "./buffers.ts";
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
/** A copy that is in a command buffer. */
export type Copied = { readonly from: Chunk; readonly start: number; readonly to: GPUBuffer; readonly toStart: number; readonly bytes: number };
/** What a command buffer has, each kind in its order. */
export type Submitted = { readonly dispatches: Recorded[]; readonly copies: Copied[] };

const unknown = "submitting commands", copying = "copying what is read";

/**
 * Encodes each part again by itself, which is not submitted: the first that is refused is named. If none is, the device refused memory: a buffer of the page's that is gone, or that it has mapped.
 * Each buffer is tried by itself then. Several may be refused by now, since the page may have destroyed others after the submit: if those are not first used by one and the same part, none is named.
 */
export async function nameCulprit(device: GPUDevice, { dispatches, copies }: Submitted, { constructor }: GPUError): Promise<string> {
  if (constructor.name !== "GPUValidationError") return unknown;
  const named = ({ pipeline, call }: Recorded): string => describeCall(pipeline.label, call), scratch = device.createBuffer({ size: WORD, usage: usage.copyTarget });
  try {
    const encoded = Promise.all(dispatches.map((one) => isRefused(device, () => encode(device, one)))), copied = Promise.all(copies.map((one) => isRefused(device, () => encodeCopy(device, one))));
    const chunks = [...new Set([...dispatches.flatMap(({ bound }) => bound.chunks), ...copies.map(({ from }) => from)])].filter(({ isDestroyed, gpu }) => !isDestroyed && gpu.size >= WORD);
    const gone = Promise.all(chunks.map((chunk) => isRefused(device, () => device.queue.submit([encodeCopy(device, { from: chunk, start: 0, to: scratch, toStart: 0, bytes: WORD })]))));
    const wrong = dispatches[(await encoded).indexOf(true)];
    if (wrong !== undefined) return named(wrong);
    if ((await copied).includes(true)) return copying;
    const areGone = await gone, first = new Set(chunks.filter((_, k) => areGone[k]).map((chunk) => dispatches.find(({ bound }) => bound.chunks.includes(chunk))));
    if (first.size !== 1) return unknown;
    const [one] = first;
    return one === undefined ? copying : named(one);
  } catch {
    return unknown; // The device was lost meanwhile.
  } finally {
    scratch.destroy();
  }
}

const WORD = 4;

async function isRefused(device: GPUDevice, act: () => unknown): Promise<boolean> {
  device.pushErrorScope("validation");
  act();
  return (await device.popErrorScope()) !== null;
}

function encode(device: GPUDevice, { pipeline, bound, offset, row, rows }: Recorded): GPUCommandBuffer {
  const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
  pass.setPipeline(pipeline.gpu!);
  pass.setBindGroup(0, bound.group, [offset]);
  pass.dispatchWorkgroups(row, rows);
  pass.end();
  return encoder.finish();
}

function encodeCopy(device: GPUDevice, { from, start, to, toStart, bytes }: Copied): GPUCommandBuffer {
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from.gpu, start, to, toStart, bytes);
  return encoder.finish();
}
