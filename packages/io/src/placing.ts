/** @file From checked values on the host to tensors on a device: all of them, or none. */
import { decodeHost } from "@adjoint/core/backend";
import { ArgumentError, type Backend, type DType, DTypeError, finfo, getDefaultDevice, memory, type Shape, type Tensor, tensor, type TypedArray } from "@adjoint/core/functional";
import { dtypeOf, isFloatStored, type Place, type Stored } from "./elements.ts";

/** Where tensors are made, and of what. */
export type LoadOptions = {
  /** The default device, unless it is said. */
  readonly device?: Backend;
  /** Floats are cast to it on the host, with one rounding: for float64 on a device without. Integers and bools stay. */
  readonly dtype?: DType;
};

/** Options that were checked: before anything is read. */
export type Target = { readonly device: Backend; readonly floats: DType | undefined };
/** @throws ArgumentError, DTypeError for a dtype that is no float; DeviceError for what is no device */
export function targetOf({ device = getDefaultDevice(), dtype: floats }: LoadOptions): Target {
  memory(device); // An error for a promise of a device, or its name.
  if (floats !== undefined) {
    if (!isFloatStored(floats)) throw new ArgumentError(`dtype: '${floats}' is no dtype of floats; only those are cast as they are read`);
    finfo(floats);
  }
  return { device, floats };
}

/**
 * What becomes of a stored element type.
 * @throws DTypeError for a dtype that the device does not take
 */
export function placedDType({ device, floats }: Target, stored: Stored, { file, tensor: what }: Place): DType {
  const isFloat = isFloatStored(stored), dtype = isFloat ? floats ?? dtypeOf(stored) : dtypeOf(stored);
  if (!device.dtypes.has(dtype))
    throw new DTypeError(`${file}: ${what} is of ${dtype}, which device '${device.name}' does not have; load it ${isFloat ? 'with { dtype: "float32" }, or ' : ""}on another device`);
  return dtype;
}

/** Values in the host layout of what was stored, that wait to become a tensor. */
export type Waiting = { readonly values: TypedArray; readonly stored: Stored; readonly dtype: DType; readonly shape: Shape };

/** Makes them all; where the device refuses one, those before it are freed again. */
export function placed(waiting: readonly Waiting[], device: Backend): Tensor[] {
  const made: Tensor[] = [];
  try {
    for (const { values, stored, dtype, shape } of waiting)
      made.push(tensor(dtypeOf(stored) === dtype ? values : Float64Array.from(decodeHost(dtypeOf(stored), values)), { shape, dtype, device }));
  } catch (error) {
    for (const x of made) x.dispose();
    throw error;
  }
  return made;
}
