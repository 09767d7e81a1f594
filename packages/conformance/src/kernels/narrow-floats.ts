/** @file float16 and bfloat16, exhaustively: every word as a number, every number back, and float32 on and around each tie. */
import { type DType, floatBits, program, scalar } from "@adjoint/core/backend";
import { leastNormal } from "../accuracy.ts";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { decode, encode } from "../host.ts";
import type { Expected } from "../interval.ts";
import { denseAt } from "../samples/layouts.ts";

type NarrowFloat = "float16" | "bfloat16";
const words = Array.from({ length: 65536 }, (_, word) => word);
const numbers = (dtype: NarrowFloat): number[] => decode(dtype, words);
/** Beside zero float32 arithmetic may flush: float16 has nothing there, bfloat16 its subnormals. */
const flushable = (x: number, y: number): Expected => (x !== 0 && Math.abs(x) < leastNormal ? { oneOf: [y, 0] } : y);

function checkCast(device: Device, what: string, from: DType, to: DType, inputs: readonly number[], expected: readonly Expected[]): void {
  const place = denseAt([inputs.length]), input = device.input(from, place, (at) => inputs[at]!), output = device.output(to, place);
  const { cast, arg } = scalar;
  device.run("map", [input], [output], { program: program("cast", [from], [], [cast(arg(0, from), to)]), params: [] });
  device.expect(what, [{ output, expected }]);
}

/** In the middle of each pair of neighbours of one sign, and the two float32 next to it: where rounding is decided. */
function aroundTies(dtype: NarrowFloat): number[] {
  const values = numbers(dtype), ties: number[] = [];
  for (const word of words) {
    const x = values[word]!, next = values[word + 1];
    if (!Number.isFinite(x) || next === undefined || !Number.isFinite(next) || Math.sign(x) * Math.sign(next) < 0) continue;
    const bits = floatBits((x + next) / 2);
    for (const near of [bits - 1, bits, bits + 1]) ties.push(floatFrom(near));
  }
  return ties;
}
const scratch = new DataView(new ArrayBuffer(4));
function floatFrom(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

export const narrowFloatCases: readonly Case[] = (["float16", "bfloat16"] as const).flatMap((dtype): Case[] => [
  {
    name: `${dtype}: every word is its number in float32`, needs: [dtype],
    run: (device) => checkCast(device, "to float32", dtype, "float32", numbers(dtype), numbers(dtype).map((x) => flushable(x, x))),
  },
  {
    name: `${dtype}: every number comes back from float32 as its word`, needs: [dtype],
    run: (device) => checkCast(device, "from float32", "float32", dtype, numbers(dtype), numbers(dtype).map((x) => flushable(x, x))),
  },
  {
    name: `${dtype}: float32 rounds to nearest, half to even`, needs: [dtype],
    run: (device) => {
      const inputs = [...aroundTies(dtype), 3.4028234663852886e38, -3.4028234663852886e38, 65519.99609375, 65520, -65520, 2 ** -25, 2 ** -26, 1e-40, NaN, Infinity, -Infinity, -0];
      const rounded = decode(dtype, encode(dtype, inputs));
      checkCast(device, "rounded", "float32", dtype, inputs, inputs.map((x, i) => flushable(x, rounded[i]!)));
    },
  },
]);
