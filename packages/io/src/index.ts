/** @file The entry of @adjoint/io. */
export { type FileKind, FormatError, UnsupportedFormatError } from "./errors.ts";
export { loadNpy, saveNpy } from "./npy/npy.ts";
export { loadNpz, type NpzOptions, saveNpz } from "./npy/npz.ts";
export type { LoadOptions } from "./placing.ts";
export type { SafetensorInfo } from "./safetensors/header.ts";
export { loadSafetensors, openSafetensors, type Safetensors, type SafetensorsFile } from "./safetensors/read.ts";
export { openShardedSafetensors } from "./safetensors/sharded.ts";
export { saveSafetensors, type SafetensorsOptions } from "./safetensors/write.ts";
export type { Tensors } from "./saving.ts";
export type { ByteSource, Source } from "./source.ts";
export { stateFromTorch, stateToTorch } from "./torch/names.ts";
export { load, type Loaded } from "./torch/read.ts";
export { save } from "./torch/write.ts";
export type { ZipOptions } from "./zip/read.ts";
