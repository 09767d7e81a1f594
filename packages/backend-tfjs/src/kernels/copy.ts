/** @file `copy`: elements moved between layouts. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { load, store, type TfjsBuffer } from "../buffer.ts";

export const copy: Kernel<PrimitiveAttrs["copy"], TfjsBuffer> = (inputs, outputs) => store(outputs[0]!, load(inputs[0]!));
