/** @file `map` and `copy` over every layout that may reach them, and `map` where operands share a buffer. */
import { type DType, dtypes, type Expr, type Program, program, scalar, type Shape } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device, Operand } from "../device.ts";
import {
  denseAt, type InputLayout, inputLayoutNames, inputLayouts, normalForm, type OutputLayout, outputLayoutNames, outputLayouts, type Placement,
} from "../samples/layouts.ts";
import { plain } from "../samples/numbers.ts";
import { checkMap } from "./map-check.ts";

const { add, arg, cast, load, mul, neg, sub, xor } = scalar;
const x = (dtype: DType): Expr => arg(0, dtype), y = (dtype: DType): Expr => arg(1, dtype);

/** Two operands, neither of which may be taken for the other. */
const binary = (dtype: DType): Program =>
  program("layoutProbe", [dtype, dtype], [], [dtype === "bool" ? scalar.and(scalar.not(x(dtype)), y(dtype)) : cast(sub(load(0, dtype), load(1, dtype)), dtype)]);

const shapes: readonly Shape[] = [
  ...Array.from({ length: 17 }, (_, i) => [i + 1]), [64], [1000], // every tail of a vector loop
  [2, 3], [5, 4], [3, 17], [33, 8], [2, 3, 4], [3, 2, 5], [2, 3, 2, 3],
];
const fewShapes: readonly Shape[] = [[1], [7], [16], [129], [4, 6], [9, 5], [2, 3, 4], [2, 3, 2, 3]];
const dtypesOf = ["float32", "float64", "int32", "bool"] as const;
const storedOnly = ["float16", "bfloat16", "int16", "int8", "uint8"] as const;

export const layoutCases: readonly Case[] = [
  ...inputLayoutNames.flatMap((from) => outputLayoutNames.map((to): Case => ({
    name: `map layout ${from} to ${to}`, needs: ["float32"], run: (device) => runLayouts(device, "float32", from, to, shapes),
  }))),
  ...[...dtypesOf.slice(1), ...storedOnly].flatMap((dtype) => inputLayoutNames.map((from): Case => ({
    name: `map layout ${from} ${dtype}`, needs: [dtype],
    run: (device) => outputLayoutNames.forEach((to) => runLayouts(device, dtype, from, to, fewShapes)),
  }))),
  ...[...dtypesOf, ...storedOnly].flatMap((dtype) => inputLayoutNames.map((from): Case => ({
    name: `copy ${from} ${dtype}`, needs: [dtype], run: (device) => outputLayoutNames.forEach((to) => runCopies(device, dtype, from, to)),
  }))),
  ...(["float32", "float16", "uint8"] as const).map((dtype): Case => ({
    name: `copy moves a matrix of 130 by 70, transposed, of ${dtype}`, needs: [dtype],
    run: (device) => copyOne(device, dtype, normalForm([inputLayouts.transposed([130, 70]), denseAt([130, 70])])),
  })),
];

function fits(device: Device, [first]: readonly Placement[]): boolean {
  return first!.shape.length <= device.backend.limits.maxRank;
}

function runLayouts(device: Device, dtype: DType, from: InputLayout, to: OutputLayout, sizes: readonly Shape[]): void {
  for (const shape of sizes)
    for (const other of [inputLayouts.repeatedRows, inputLayouts[from]]) {
      const places = normalForm([inputLayouts[from](shape), other(shape), outputLayouts[to](shape)]);
      if (!fits(device, places)) continue;
      const [a, b, out] = places as [Placement, Placement, Placement];
      const inputs = [device.input(dtype, a, plain(dtype, 1)), device.input(dtype, b, plain(dtype, 2))];
      checkMap(device, `shape [${shape.join()}]`, binary(dtype), inputs, [device.output(dtype, out)]);
    }
}

function runCopies(device: Device, dtype: DType, from: InputLayout, to: OutputLayout): void {
  for (const shape of fewShapes) {
    const places = normalForm([inputLayouts[from](shape), outputLayouts[to](shape)]);
    if (fits(device, places)) copyOne(device, dtype, places);
  }
}

function copyOne(device: Device, dtype: DType, [from, to]: readonly Placement[]): void {
  const input = device.input(dtype, from!, plain(dtype)), output = device.output(dtype, to!);
  device.run("copy", [input], [output], {});
  device.expect(`copy of [${from!.shape.join()}]`, [{ output, expected: input.positions.map((at) => input.block.host[at]!) }]);
}

/** `count` disjoint windows on one buffer, one after another. */
function windows(device: Device, dtype: DType, shape: Shape, layout: OutputLayout, count: number): Operand[] {
  const place = outputLayouts[layout](shape), block = device.block(dtype, Array.from({ length: place.length * count }, (_, at) => plain(dtype)(at)));
  return Array.from({ length: count }, (_, i) => device.view(block, { ...place, offset: place.offset + i * place.length }));
}

export const sharingCases: readonly Case[] = outputLayoutNames.flatMap((layout): Case[] => {
  const each = (run: (device: Device, shape: Shape) => void) => (device: Device): void => {
    for (const shape of [[1], [5], [16], [131], [4, 5], [2, 3, 4]]) if (shape.length <= device.backend.limits.maxRank) run(device, shape);
  };
  return [
    {
      name: `map in place, ${layout}`, needs: ["float32"],
      run: each((device, shape) => {
        const [place] = normalForm([outputLayouts[layout](shape)]), target = device.input("float32", place!, plain("float32"));
        checkMap(device, "negation in place", program("inPlace", ["float32"], [], [neg(x("float32"))]), [target], [target]);
      }),
    },
    ...storedOnly.map((dtype): Case => ({
      name: `map in place of ${dtype}, ${layout}`, needs: [dtype],
      run: each((device, shape) => {
        const [place, other] = normalForm([outputLayouts[layout](shape), inputLayouts.repeatedRows(shape)]);
        const target = device.input(dtype, place!, plain(dtype)), beside = device.input(dtypes[dtype].compute, other!, plain(dtypes[dtype].compute, 2));
        checkMap(device, "sum in place", program("inPlaceNarrow", [dtype, beside.block.dtype], [], [cast(add(load(0, dtype), y(beside.block.dtype)), dtype)]), [target, beside], [target]);
      }),
    })),
    {
      name: `map in place beside another input, ${layout}`, needs: ["float32"],
      run: each((device, shape) => {
        const [place, other] = normalForm([outputLayouts[layout](shape), inputLayouts.repeatedRows(shape)]);
        const target = device.input("float32", place!, plain("float32")), beside = device.input("float32", other!, plain("float32", 2));
        checkMap(device, "second operand in place", program("inPlaceSecond", ["float32", "float32"], [], [sub(x("float32"), y("float32"))]), [beside, target], [target]);
      }),
    },
    {
      name: `map with inputs and outputs in one buffer, ${layout}`, needs: ["float32"],
      run: each((device, shape) => {
        const [a, b, first, second] = windows(device, "float32", shape, layout, 4) as [Operand, Operand, Operand, Operand];
        checkMap(device, "two results", program("oneBuffer", ["float32", "float32"], [], [sub(x("float32"), y("float32")), mul(x("float32"), 2)]), [a, b], [first, second]);
      }),
    },
    {
      name: `map with in place and another window of its buffer, ${layout}`, needs: ["int32"],
      run: each((device, shape) => {
        const [a, b] = windows(device, "int32", shape, layout, 2) as [Operand, Operand];
        checkMap(device, "in place beside a window", program("halfInPlace", ["int32", "int32"], [], [add(mul(x("int32"), 3), y("int32"))]), [a, b], [b]);
      }),
    },
    {
      name: `map with one view as two inputs, ${layout}`, needs: ["float32", "int32"],
      run: each((device, shape) => {
        const places = normalForm([outputLayouts[layout](shape), denseAt(shape)]) as [Placement, Placement];
        for (const dtype of ["float32", "int32"] as const) {
          const a = device.input(dtype, places[0], plain(dtype));
          checkMap(device, "twice the same", binary(dtype), [a, a], [device.output(dtype, places[1])]);
        }
      }),
    },
    {
      name: `map with overlapping views as inputs, ${layout}`, needs: ["bool"],
      run: each((device, shape) => {
        const place = outputLayouts[layout](shape), block = device.block("bool", Array.from({ length: place.length + 1 }, (_, at) => plain("bool")(at)));
        const places = normalForm([place, { ...place, offset: place.offset + 1 }, denseAt(shape)]) as [Placement, Placement, Placement];
        const differs = program("neighbours", ["bool", "bool"], [], [xor(x("bool"), y("bool"))]);
        checkMap(device, "neighbours", differs, [device.view(block, places[0]), device.view(block, places[1])], [device.output("bool", places[2])]);
      }),
    },
  ];
});
