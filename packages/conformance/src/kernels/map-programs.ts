/** @file Programs of several instructions: chains, several results, no input, params that change from call to call, many inputs. */
import { type Expr, program, scalar } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { denseAt, normalForm, outputLayouts } from "../samples/layouts.ts";
import { fractions, plain, sweep } from "../samples/numbers.ts";
import { chains, type Sample, severalResults, withoutInputs } from "../samples/programs.ts";
import { checkMap } from "./map-check.ts";

const needed = ({ program: { args, results } }: Sample): Case["needs"] => [...new Set([...args, ...results.map((x) => x.dtype)])];

export const programCases: readonly Case[] = [
  ...(["float32", "float64"] as const).flatMap((dtype) => chains(dtype).map((sample): Case => ({
    name: `map program ${sample.program.name} ${dtype}`, needs: [dtype, "bool"],
    run: (device) => {
      const edges = sweep(dtype), place = denseAt([edges.length]);
      const inputs = sample.program.args.map((_, i) => device.input(dtype, place, (at) => (i === 0 ? edges[at]! : fractions(dtype, i)(at))));
      runEach(device, sample, inputs, [edges.length]);
    },
  }))),
  ...severalResults().map((sample): Case => ({
    name: `map results ${sample.program.name}`, needs: needed(sample),
    run: (device) => {
      const shape = [37], inputs = sample.program.args.map((dtype, i) => device.input(dtype, denseAt(shape), plain(dtype, i + 1)));
      runEach(device, sample, inputs, shape);
    },
  })),
  ...withoutInputs().map((sample): Case => ({
    name: `map without inputs ${sample.program.name}`, needs: needed(sample),
    run: (device) => [[1], [17], [1003], [6, 7]].forEach((shape) => runEach(device, sample, [], shape)),
  })),
  {
    name: "map index and random number the logical elements of a strided output", needs: ["int32"],
    run: (device) => {
      const place = normalForm([outputLayouts.transposed([3, 4]), outputLayouts.padded([3, 4])]);
      for (const { program: p, params } of withoutInputs().filter((x) => x.program.name === "index" || x.program.name === "random"))
        for (const layout of place) checkMap(device, p.name, p, [], [device.output("int32", layout)], params[0]);
    },
  },
  { name: "map reads as many buffers as maxBindings allows", needs: ["float32"], run: manyInputs },
];

function runEach(device: Device, sample: Sample, inputs: Parameters<typeof checkMap>[3], shape: readonly number[]): void {
  for (const params of sample.params) {
    const outputs = sample.program.results.map((x) => device.output(x.dtype, denseAt(shape)));
    checkMap(device, `${sample.program.name}(${params.join()})`, sample.program, inputs, outputs, params);
  }
}

function manyInputs(device: Device): void {
  const count = Math.min(device.backend.limits.maxBindings, 16) - 1, place = denseAt([19]);
  const args = Array.from({ length: count }, (_, i): Expr => scalar.arg(i, "float32"));
  const sum = program("sumOfInputs", args.map(() => "float32"), [], [args.reduce((x, y) => scalar.add(x, y))]);
  checkMap(device, "sum of inputs", sum, args.map((_, i) => device.input("float32", place, plain("float32", i))), [device.output("float32", place)]);
}
