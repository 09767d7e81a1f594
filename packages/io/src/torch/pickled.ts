/** @file What a pickle of a state dict is made of, before tensors are made of it. */
import type { Shape } from "@adjoint/core/functional";
import type { Stored } from "../elements.ts";

/** A run of elements in an entry of the file. */
export type StorageRef = { readonly is: "storage"; readonly key: string; readonly stored: Stored; readonly length: number };
/** A window onto it. */
export type TensorRef = { readonly is: "tensor"; readonly storage: StorageRef; readonly offset: number; readonly shape: Shape; readonly strides: Shape; readonly requiresGrad: boolean; readonly isParameter: boolean };
export type Key = string | number;
export type Dict = { readonly is: "dict"; readonly entries: Map<Key, Pickled> };
/** A list, or a tuple, which does not grow. */
export type Sequence = { readonly is: "list" | "tuple"; readonly items: Pickled[] };
/** A name of something in a Python module; of those that are known. */
export type GlobalRef = { readonly is: "global"; readonly name: string };
export type Pickled = null | boolean | number | bigint | string | StorageRef | TensorRef | Dict | Sequence | GlobalRef;

export const isNode = (value: Pickled): value is Exclude<Pickled, null | boolean | number | bigint | string> => typeof value === "object" && value !== null;
export const isTuple = (value: Pickled | undefined): value is Sequence => typeof value === "object" && value !== null && value.is === "tuple";

/** In one file. A tensor takes about 40. Each may make an object, many times as large as the opcode. */
export const MAX_OPCODES = 2_000_000;

/** The storages of PyTorch by the names of its classes. */
export const storages: ReadonlyMap<string, Stored> = /*@__PURE__*/ new Map<string, Stored>([
  ["DoubleStorage", "float64"], ["FloatStorage", "float32"], ["HalfStorage", "float16"], ["BFloat16Storage", "bfloat16"],
  ["LongStorage", "int64"], ["IntStorage", "int32"], ["ShortStorage", "int16"], ["CharStorage", "int8"], ["ByteStorage", "uint8"], ["BoolStorage", "bool"],
]);
