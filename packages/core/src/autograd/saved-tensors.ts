/** @file How values are kept for backward: packed and unpacked by functions of the user. */
import { fromHost } from "../creation/fill.ts";
import { data, dataSync } from "../api/reading.ts";
import { join } from "../scope.ts";
import { AutogradError, ArgumentError, DeviceError } from "../errors.ts";
import { packedBy, unpackable } from "../packing.ts";
import * as python from "../python.ts";
import { outsideFrames } from "../scope.ts";
import { noGrad, type Packed } from "../tape.ts";
import { alias, alive, isTensor, Tensor } from "../tensor.ts";

/** A second handle on the same memory, without a history. */
export const bare = (tensor: Tensor): Tensor => new Tensor(tensor.window, tensor.storage.retain(), null);

/** What was packed, with handles of the engine's own in the place of its tensors. */
function held(packed: unknown, handles: Tensor[]): unknown {
  if (isTensor(packed)) return handles[handles.push(alias(packed)) - 1];
  return Array.isArray(packed) ? packed.map((part) => held(part, handles)) : packed;
}

/**
 * Runs a synchronous function; each value that its ops save for backward goes through `pack`, and what that returns (anything) through `unpack` when
 * backward reads it: PyTorch's `saved_tensors_hooks`. Tensors that `pack` returns, by themselves or in arrays, are kept as long as the graph. What is packed is not
 * checked for changes in place.
 * @example `savedTensorsHooks((x) => x.to("float16"), (x) => x.to("float32"), () => model.forward(batch))`
 */
export function savedTensorsHooks<P, R>(pack: (tensor: Tensor) => P, unpack: (packed: P) => Tensor, run: () => R): R {
  return packedBy("savedTensorsHooks", (tensor) => packWith(pack, unpack, tensor), run);
}

function packWith<P>(pack: (tensor: Tensor) => P, unpack: (packed: P) => Tensor, tensor: Tensor): Packed {
  const given = bare(tensor), { version } = given.storage, handles: Tensor[] = [];
  const packed = outsideFrames(() => noGrad(() => {
    join(given, tensor.lifetime);
    return held(pack(given), handles) as P;
  }));
  if (given.storage.version !== version)
    throw new AutogradError(
      "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be modified by in-place operations as this can lead to unexpected side-effects. " +
      "Please open an issue if you need to perform in-place operations on the input to a pack hook.");
  return {
    unpack() {
      const unpacked: unknown = outsideFrames(() => unpack(packed));
      if (!isTensor(unpacked)) throw new ArgumentError(`Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${python.typeName(unpacked)}`);
      return bare(alive("unpack", unpacked));
    },
    free() {
      for (const handle of handles) handle.dispose();
    },
  };
}

/** Runs a synchronous function in which `savedTensorsHooks` is an error of this text: PyTorch's `disable_saved_tensors_hooks`. */
export const disableSavedTensorsHooks = <R>(message: string, run: () => R): R => unpackable(message, run);

/**
 * Runs a synchronous function; what its ops save for backward waits in the host's memory, and comes back to the device when backward reads it:
 * PyTorch's `save_on_cpu`. On a device that reads asynchronously, `await device.sync()` before backward.
 */
export function saveOnCpu<R>(run: () => R): R {
  return savedTensorsHooks(
    (x) => {
      const { shape, dtype, device } = x, kept: Offloaded = { shape, dtype, device, values: undefined, failure: undefined };
      if (device.readSync !== undefined) kept.values = dataSync(x);
      else void data(x).then((values) => { kept.values = values; }, (failure: unknown) => { kept.failure = failure; });
      return kept;
    },
    ({ values, failure, shape, dtype, device }) => {
      if (failure !== undefined) throw failure; // It was told to this read, and may be to no other.
      if (values === undefined)
        throw new DeviceError(`saveOnCpu: the saved values have not arrived from device '${device.name}' yet; await device.sync() between forward and backward`);
      return noGrad(() => fromHost(values, shape, dtype, { device }));
    },
    run);
}
type Offloaded = Pick<Tensor, "shape" | "dtype" | "device"> & { values: Awaited<ReturnType<typeof data>> | undefined; failure: unknown };
