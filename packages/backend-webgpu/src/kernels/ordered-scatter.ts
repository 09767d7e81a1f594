/**
 * @file `scatter` in one order, whatever the device does first: the positions along the dim are sorted by their indices, stably, so that those with one target lie side by side, and one invocation adds them
 * up (or of "set" takes the last). Of many positions an invocation has a piece, and what begins in one piece and ends in another is put together afterwards.
 */
import { denseView, type DType, type Kernel, type PrimitiveAttrs, sizeOf, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber } from "../pipelines.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { COMPLAINT, DIM, note, SIZE } from "./gather-scatter.ts";

type GpuView = View<WebGpuBuffer>;
/** Words after those of `note`: steps of index, output and source along the dim, positions and those of a piece, offsets of index, output and source, then sizes and strides. */
const STEPS = 7, LENGTH = 10, PIECE = 11, OFFSETS = 12, SIZES = 15;
/** Of so many positions one invocation may add all. */
const WHOLE = 64;

/**
 * "sum" adds up each run of equal indices, or of it what is in one piece; "join" the parts of runs that go beyond a piece; "last" sets.
 * Slots: index, source, output, order, parts; parts are what a run that goes on has in the piece that it begins in, and what one that began before has in this one.
 */
type Stage = "sum" | "join" | "last";

function shader(dtype: DType, stage: Stage, rank: number, [index, source, out, order, parts]: readonly number[]): Shader {
  const slots = [index!, source!, out!, order!, ...(parts === undefined ? [] : [parts])], errors = Math.max(...slots) + 1;
  const strides = (view: number): string => dot(SIZES + rank * (1 + view), rank, "i");
  const indexAt = (at: string): string => `b${index}[index_from + b${order}[order_from + ${at}] * ${intWord(STEPS)}]`;
  const sourceAt = (at: string): string => `b${source}[source_from + b${order}[order_from + ${at}] * ${intWord(STEPS + 2)}]`;
  const refused = `(index < 0i) | (index >= ${intWord(SIZE)})`;
  const body = {
    sum: `
  let at = ${strides(4)};
  let index = ${indexAt("at")};
  let start = at - at % piece;
  let end = min(start + piece, length);
  var is_first = at == 0i;
  if (!is_first) { is_first = ${indexAt("at - 1i")} != index; }
  if (!is_first & (at != start)) { return; }
  if (${refused}) {
    if (is_first) {${note(errors)}}
    return;
  }
  let target_at = out_from + index * ${intWord(STEPS + 1)};
  var total = ${sourceAt("at")};
  if (is_first) { total = b${out}[target_at] + total; }
  var next = at + 1i;
  loop {
    if (next >= end) { break; }
    if (${indexAt("next")} != index) { break; }
    total = total + ${sourceAt("next")};
    next = next + 1i;
  }
  var goes_on = false;
  if ((next == end) & (end < length)) { goes_on = ${indexAt("end")} == index; }
  if (is_first & !goes_on) { b${out}[target_at] = total; }${parts === undefined ? "" : `
  else { b${parts}[parts_from + 2i * (at / piece) + select(1i, 0i, is_first)] = total; }`}`,
    join: `
  let number = ${strides(4)};
  var next = (number + 1i) * piece;
  if (next >= length) { return; }
  let index = ${indexAt("next")};
  if (${indexAt("next - 1i")} != index) { return; }
  if (number > 0i) { if (${indexAt("next - piece - 1i")} == index) { return; } } // It began before.
  if (${refused}) { return; }
  var total = b${parts}[parts_from + 2i * number];
  loop {
    total = total + b${parts}[parts_from + 2i * (next / piece) + 1i];
    next = next + piece;
    if (next >= length) { break; }
    if (${indexAt("next")} != index) { break; }
  }
  b${out}[out_from + index * ${intWord(STEPS + 1)}] = total;`,
    last: `
  let at = ${strides(4)};
  let index = ${indexAt("at")};
  if (at + 1i < length) { if (${indexAt("at + 1i")} == index) { return; } }
  if (${refused}) {${note(errors)}
    return;
  }
  b${out}[out_from + index * ${intWord(STEPS + 1)}] = ${sourceAt("at")};`,
  }[stage];
  return {
    label: `scatter ${stage}`,
    bindings: [...bindingsOf([index!, source!, order!, out!, ...(parts === undefined ? [] : [parts])], ["int32", dtype, "int32", dtype, "float32"], 3), { type: "atomic<u32>", access: "read_write" }],
    uniformWords: SIZES + rank * 7,
    workgroup: [64, 1],
    isApart: true,
    body: `${threadNumber}
${decompose("thread", SIZES, rank, "i")}
  let length = ${intWord(LENGTH)};
  let piece = ${intWord(PIECE)};
  let index_from = ${intWord(OFFSETS)} + ${strides(0)};
  let out_from = ${intWord(OFFSETS + 1)} + ${strides(1)};
  let source_from = ${intWord(OFFSETS + 2)} + ${strides(2)};
  let order_from = ${strides(3)};
  let parts_from = ${strides(5)};
${body}`,
  };
}

const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, d) => d !== at);
/** Strides, in dense memory, of these dims in this order; 0 for the others. */
function denseOver(sizes: readonly number[], dims: readonly number[], unit: number): number[] {
  const strides = sizes.map(() => 0);
  let step = unit;
  for (const d of dims.toReversed()) {
    strides[d] = step;
    step *= sizes[d]!;
  }
  return strides;
}

export function orderedScatterKernel(device: WebGpuDevice, sort: Kernel<PrimitiveAttrs["sort"], WebGpuBuffer>): Kernel<PrimitiveAttrs["scatter"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>(), operands = new Operands();

  return (inputs, outputs, { dim, mode, named = dim, complaint }) => {
    device.assertAlive();
    const [index, source] = inputs as [GpuView, GpuView], out = outputs[0]!, { shape } = index, rank = rankClass(shape.length), length = shape[dim]!;
    const lanes = without([...shape.keys()], dim), own = lanes.filter((d) => index.strides[d] !== 0); // Lanes along the others have the same indices, and so one order.
    const ordered = sizeOf(own.map((d) => shape[d]!)), piece = length <= WHOLE ? length : Math.max(WHOLE, Math.ceil(Math.sqrt(length))), pieces = Math.ceil(length / piece);
    const orderStrides = denseOver(shape, own, length), partStrides = denseOver(shape, lanes, 2 * pieces), unit = shape.map((_, d) => (d === dim ? 1 : 0));
    /** Along the dim an index, or the order, says where. */
    const still = (strides: readonly number[]): number[] => strides.with(dim, 0);

    const pass = (stage: Stage, along: number, order: WebGpuBuffer, parts: WebGpuBuffer | undefined): void => {
      const views = [index, source, out, whole(order, "int32"), ...(parts === undefined ? [] : [whole(parts, "float32")])], { chunks, slots } = operands.collect(views, []);
      const key = `${source.dtype} ${stage} ${rank} ${slots.join()}`;
      let pipeline = compiled.get(key);
      if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(shader(source.dtype, stage, rank, slots))));
      chunks.push(device.indexErrors.chunk());
      const { recorder } = device, { ints } = recorder, at = recorder.uniforms(pipeline), sizes = shape.with(dim, along), dims = shape.length;
      ints[at + DIM] = named;
      ints[at + SIZE] = out.shape[dim]!;
      ints[at + COMPLAINT] = device.indexErrors.numberOf(complaint);
      [index, out, source].forEach(({ offset, strides }, k) => {
        ints[at + STEPS + k] = strides[dim]!;
        ints[at + OFFSETS + k] = offset;
      });
      ints[at + LENGTH] = length;
      ints[at + PIECE] = piece;
      writeSizes(ints, at + SIZES, sizes, 0, dims, rank);
      [still(index.strides), still(out.strides), still(source.strides), orderStrides, unit, partStrides].forEach((strides, k) => writeStrides(ints, at + SIZES + rank * (1 + k), strides, 0, dims, rank));
      recorder.dispatch(pipeline, chunks, sizeOf(sizes));
    };

    device.pool.lend("int32", ordered * length, (order) => {
      const sizes = [...own.map((d) => shape[d]!), length], strides = [...own.map((d) => index.strides[d]!), index.strides[dim]!];
      sort([new View(index.buffer, "int32", sizes, strides, index.offset, ordered * length, false)], [denseView(order, "int32", sizes)], { descending: false, from: 0 });
      if (mode === "set") return pass("last", length, order, undefined);
      if (pieces === 1) return pass("sum", length, order, undefined);
      device.pool.lend("float32", 2 * pieces * sizeOf(lanes.map((d) => shape[d]!)), (parts) => {
        pass("sum", length, order, parts);
        pass("join", pieces, order, parts);
      });
    });
  };
}

const whole = (buffer: WebGpuBuffer, dtype: DType): GpuView => denseView(buffer, dtype, [buffer.length]);
