/** @file The reference of `map`: the program's value at every index, and the kernel held to it. */
import type { Program } from "@adjoint/core/backend";
import type { Device, Operand } from "../device.ts";
import { boundsOf } from "../interval.ts";

/** Runs a program and asks that each element of each output lies within the bounds of its program. */
export function checkMap(device: Device, what: string, program: Program, inputs: readonly Operand[], outputs: readonly Operand[], params: readonly number[] = []): void {
  const bounds = boundsOf(program);
  const expected = outputs[0]!.positions.map((_, at) => bounds(inputs.map((x) => x.block.host[x.positions[at]!]!), params, at));
  device.run("map", inputs, outputs, { program, params });
  device.expect(what, outputs.map((output, k) => ({ output, expected: expected.map((row) => row[k]!) })));
}
