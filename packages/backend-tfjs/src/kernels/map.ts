/** @file `map`: a program's results at every element. All of them are computed before the first is written. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { load, store, type TfjsBuffer } from "../buffer.ts";
import { evaluateProgram } from "../evaluate.ts";

export const map: Kernel<PrimitiveAttrs["map"], TfjsBuffer> = (inputs, outputs, { program, params }) => {
  const results = evaluateProgram(program, params, inputs.map(load), outputs[0]!.size);
  outputs.forEach((output, k) => store(output, results[k]!));
};
