/** @file Ops that run on the host: their inputs are read, worked on in float64, and the results written. Knows no op. */
import { decodeHost, type DType, encodeHost } from "../dtype.ts";
import { DeviceError } from "../errors.ts";
import { allocate, type Device, handleOn, type Tensor } from "../op.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { restride } from "../view.ts";
import { materialize } from "./call.ts";

/** What a host op gives back: its values in row-major order, which are rounded once to `dtype`; of bool 0 and 1. */
export type HostResult = { readonly dtype: DType; readonly shape: Shape; readonly values: ArrayLike<number> };

/**
 * Runs `compute` on the elements of the inputs, row-major and in float64, and writes what it gives into fresh tensors. Nothing is
 * allocated when it throws. It is for algorithms that are no loop nest (decompositions of matrices): they then run on each
 * device that can be read at once, and cost an application nothing that does not use them.
 * @param op the name that errors give
 * @param once inputs, by number, whose leading dims are read once where `expand` repeats them: their array is that much shorter, and index `i` of the whole is `i % length`
 * @throws DeviceError on a device without synchronous reads
 */
export function onHost(op: string, device: Device, inputs: readonly Tensor[], compute: (values: readonly Float64Array[]) => readonly HostResult[], once: readonly number[] = []): Tensor[] {
  if (device.backend.readSync === undefined)
    throw new DeviceError(`${op}: it runs on the host, and device '${device.backend.name}' cannot be read at once; move the tensors with await x.to(cpu()), or to another device with synchronous reads`);
  return compute(inputs.map((x, i) => (once.includes(i) ? valuesOnce(x) : hostValues(x)))).map(({ dtype, shape, values }) => {
    const out = allocate(device, dtype, shape);
    if (sizeOf(shape) > 0) device.backend.write(out.window.buffer, 0, encodeHost(dtype, values));
    return out;
  });
}

/** The elements in row-major order, as an array of the caller's own. */
function hostValues(x: Tensor): Float64Array {
  if (x.window.size === 0) return new Float64Array(0);
  const { backend } = x.storage.device, dense = x.window.dense ? x : materialize(x, x.shape);
  return new Float64Array(decodeHost(x.dtype, backend.readSync!(dense.window.buffer, dense.window.offset, x.window.size)));
}

function valuesOnce(x: Tensor): Float64Array {
  const { window } = x;
  let lead = 0;
  while (lead < x.ndim && (window.strides[lead] === 0 || window.shape[lead] === 1)) lead++;
  if (lead === 0 || window.size === 0) return hostValues(x);
  return hostValues(handleOn(x.storage, restride(window, window.shape.slice(lead), window.strides.slice(lead), window.offset)));
}
