/** @file A kernel call as a program that makes it again. Text alone; reads no device. */
import { decodeHost, type DType, type TypedArray } from "../dtype.ts";
import { type Apply, type Expr, topologicalOrder } from "../scalar/expr.ts";
import { Program } from "../scalar/program.ts";
import type { View } from "../view.ts";

/** What one buffer held where the call looks at it: its words from element `low` on. */
export type Region = { readonly low: number; readonly words: TypedArray; readonly dtype: DType };
export type Call = { readonly kernel: string; readonly inputs: readonly View[]; readonly outputs: readonly View[]; readonly attrs: object };

/** More than this is no text to read. */
const LARGEST = 65_536;

const number = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
function literal(value: unknown, programs: readonly Program[]): string {
  if (value instanceof Program) return `p${programs.indexOf(value)}`;
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, programs)).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => `${key}: ${literal(item, programs)}`).join(", ")} }`;
  return JSON.stringify(value);
}
function programsIn(value: unknown): Program[] {
  if (value instanceof Program) return [value];
  return typeof value === "object" && value !== null ? [...new Set(Object.values(value).flatMap(programsIn))] : [];
}

function applied({ name, operands, dtype }: Apply, names: ReadonlyMap<Expr, string>): string {
  const given = operands.map((x) => names.get(x)!);
  return name === "index" ? "s.index" : `s.${name}(${[...given, ...(name === "cast" ? [JSON.stringify(dtype)] : [])].join(", ")})`;
}
function programText(p: Program, name: string): string[] {
  const names = new Map<Expr, string>(), lines = topologicalOrder(p.results).map((x, k) => {
    names.set(x, `${name}e${k}`);
    const value = x.kind === "apply" ? applied(x, names) : `s.${x.kind}(${x.kind === "lit" ? number(x.value) : x.index}, ${JSON.stringify(x.dtype)})`;
    return `  const ${name}e${k} = ${value};`;
  });
  return [...lines, `  const ${name} = program(${JSON.stringify(p.name)}, ${JSON.stringify(p.args)}, ${JSON.stringify(p.params)}, [${p.results.map((x) => names.get(x)!).join(", ")}]);`];
}

/** Whether an element depends on its own inputs alone, so that the others may be left out. */
const isLocal = ({ kernel, attrs }: Call): boolean => kernel === "map" && programsIn(attrs).every((p) => topologicalOrder(p.results).every((x) => x.kind !== "apply" || x.name !== "index"));

/**
 * A module without imports: its `run(core, backend)`, with everything of "@adjoint/core/backend" as `core`, makes the call on a backend and gives what
 * then is in each output's buffer. Of a map only the element that differs is left.
 * @param placeOf where an element of a view lies in its buffer
 */
export function reproductionOf(call: Call, regions: ReadonlyMap<object, Region>, head: string, element: number, placeOf: (view: View, element: number) => number): string {
  const local = isLocal(call), programs = programsIn(call.attrs), views = [...new Set([...call.inputs, ...call.outputs])];
  const buffers = local ? views.map((view) => view) : [...regions.keys()];
  const size = local ? views.length : [...regions.values()].reduce((sum, { words }) => sum + words.length, 0);
  if (size > LARGEST) return `// ${head}\n// The call looks at ${size} elements, which is too much for a text: make the tensors smaller.\n`;
  const valuesOf = (region: Region): string => `[${Array.from(decodeHost(region.dtype, region.words), number).join(", ")}]`;
  const content = local
    ? views.map((view) => { const region = regions.get(view.buffer)!; return `["${view.dtype}", [${number(decodeHost(region.dtype, region.words)[placeOf(view, element)]!)}]]`; })
    : [...regions.values()].map((region) => `["${region.dtype}", ${valuesOf(region)}]`);
  const made = views.map((view, k) => {
    const at = local ? k : buffers.indexOf(view.buffer as View);
    const window = local ? "[1], [1], 0, 1, true" : `${JSON.stringify(view.shape)}, ${JSON.stringify(view.strides)}, ${view.offset - regions.get(view.buffer)!.low}, ${view.size}, ${view.dense}`;
    return `  const v${k} = new View(buffers[${at}], "${view.dtype}", ${window});`;
  });
  const list = (of: readonly View[]): string => `[${of.map((view) => `v${views.indexOf(view)}`).join(", ")}]`;
  const results = call.outputs.map((view) => { const at = local ? views.indexOf(view) : buffers.indexOf(view.buffer as View); return `backend.read(buffers[${at}], 0, contents[${at}][1].length)`; });
  return [
    `// ${head}`,
    "export async function run({ program, scalar: s, View, encodeHost }, backend) {",
    ...programs.flatMap((p, k) => programText(p, `p${k}`)),
    `  const contents = [${content.join(", ")}];`,
    "  const buffers = contents.map(([dtype, values]) => { const buffer = backend.allocate(dtype, values.length); backend.write(buffer, 0, encodeHost(dtype, values)); return buffer; });",
    ...made,
    `  backend.kernels.${call.kernel}(${list(call.inputs)}, ${list(call.outputs)}, ${literal(call.attrs, programs)});`,
    `  return Promise.all([${results.join(", ")}]);`,
    "}",
    "",
  ].join("\n");
}
