/** @file The fused kernel `windowMaxGrad`: an invocation has a window, finds where its largest element is, and writes all of its places. */
import type { FusedAttrs, Kernel } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { rankOf } from "./arg-reduce.ts";

/**
 * Words after the header: rows and columns of windows, those that no elements of grad belong to among them, rows and columns of grad, of x and of a window; then of x, grad and out offset and
 * strides of planes and rows.
 */
const ROWS = 4, COLUMNS = 5, GRAD = 6, SIZE = 8, WINDOW = 10, X = 12, DY = 15, OUT = 18, WORDS = 21;

/** Places of `view`: its plane, then row and column. */
const place = (view: number, row: string, column: string): string => `${intWord(view)} + plane * ${intWord(view + 1)} + (${row}) * ${intWord(view + 2)} + (${column})`;

/** Slots: x, grad, out. A window beyond the last of grad is what no window sees, cut off at the end of x. */
const shader = (slots: readonly number[]): Shader => ({
  label: "windowMaxGrad",
  bindings: bindingsOf(slots, ["float32", "float32", "float32"], 2),
  uniformWords: WORDS,
  workgroup: [256, 1],
  isApart: true,
  body: `${threadNumber}
  let rest = thread / ${word(COLUMNS)};
  let column = bitcast<i32>(thread - rest * ${word(COLUMNS)}); let row = bitcast<i32>(rest % ${word(ROWS)}); let plane = bitcast<i32>(rest / ${word(ROWS)});
  let high = ${intWord(WINDOW)}; let wide = ${intWord(WINDOW + 1)}; let firstRow = row * high; let firstColumn = column * wide;
  let seen = ${place(X, "firstRow", "firstColumn")}; let written = ${place(OUT, "firstRow", "firstColumn")};
  let seenStep = ${intWord(X + 2)}; let writtenStep = ${intWord(OUT + 2)};
  let rows = min(high, ${intWord(SIZE)} - firstRow); let columns = min(wide, ${intWord(SIZE + 1)} - firstColumn);
  var best = bitcast<i32>(0x80000000u); var found = -1i; var value = 0.0;
  if ((row < ${intWord(GRAD)}) & (column < ${intWord(GRAD + 1)})) {
    for (var i = 0i; i < rows; i = i + 1i) {
      for (var j = 0i; j < columns; j = j + 1i) {
        let x = b${slots[0]}[seen + i * seenStep + j];
        let rank = ${rankOf("x", "float32", "max")};
        if (rank > best) { best = rank; found = i * wide + j; }
      }
    }
    value = b${slots[1]}[${place(DY, "row", "column")}];
  }
  for (var i = 0i; i < rows; i = i + 1i) {
    for (var j = 0i; j < columns; j = j + 1i) { b${slots[2]}[written + i * writtenStep + j] = select(0.0, value, i * wide + j == found); }
  }`,
});

export function windowMaxGradKernel(device: WebGpuDevice): Kernel<FusedAttrs["windowMaxGrad"], WebGpuBuffer> {
  const compiled = new Map<Operands["pattern"], Pipeline>(), operands = new Operands();
  return (inputs, outputs, { window }) => {
    device.assertAlive();
    const [x, grad] = inputs, [out] = outputs, { slots, chunks, pattern } = operands.collect(inputs, outputs), { recorder } = device, { ints } = recorder;
    let pipeline = compiled.get(pattern);
    if (pipeline === undefined) compiled.set(pattern, (pipeline = device.pipelines.compile(shader(slots))));
    const at = recorder.uniforms(pipeline);
    for (const d of [0, 1] as const) {
      ints[at + ROWS + d] = Math.ceil(x!.shape[d + 1]! / window[d]);
      ints[at + GRAD + d] = grad!.shape[d + 1]!;
      ints[at + SIZE + d] = x!.shape[d + 1]!;
      ints[at + WINDOW + d] = window[d];
    }
    [x!, grad!, out!].forEach(({ offset, strides }, k) => {
      ints[at + X + 3 * k] = offset;
      ints[at + X + 3 * k + 1] = strides[0]!;
      ints[at + X + 3 * k + 2] = strides[1]!;
    });
    recorder.dispatch(pipeline, chunks, x!.shape[0]! * ints[at + ROWS]! * ints[at + COLUMNS]!);
  };
}
