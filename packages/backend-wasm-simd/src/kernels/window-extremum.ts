/** @file Extrema of float32 over dims that do not lie in long rows, such as windows: four results at a time. Long rows are arg-reduce.ts and reduce.ts. */
import { coalesce, type Shape, sizeOf } from "@adjoint/core/backend";
import { emitExtremum, type Extremum, type ExtremumRun } from "../emit/window-extremum.ts";
import { spacingOf } from "../emit/places.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { Odometer } from "./odometer.ts";
import { offsetTable } from "./offsets.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";

/** Elements along the last reduced dim from which on rows are faster, if they are adjacent, and the most of all dims that one result is walked for. */
const LONG = 16, TERMS = 256;
/** Elements that one of the calls that threads share looks at: some 20 microseconds. */
const SHARED = 2 ** 16;

export class WindowExtrema {
  readonly #engine: Engine;
  readonly #kernels = new Map<string, ExtremumRun>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * False, and nothing done, where it does not suit. The last `reduced` dims of the input are.
   * @param result the values, or int32 row-major numbers within the reduced dims
   */
  run(op: Extremum["op"], result: Extremum["result"], input: WasmView, output: WasmView, reduced: number): boolean {
    const { shape, strides } = input, kept = shape.length - reduced, last = shape.length - 1, column = kept - 1, width = shape[column];
    if (input.dtype !== "float32" || reduced === 0 || kept === 0 || width < 4 || output.strides[column] !== 1 || (strides[last] === 1 && shape[last] >= LONG)) return false;
    const terms = sizeOf(shape.slice(kept));
    if (terms > TERMS) return false;
    const run = this.#kernel({ op, result, spacing: spacingOf(strides[column]) }), temporaries = new Temporaries(this.#engine.memory);
    try {
      const bytes = (dims: Shape): number[] => dims.map((stride) => 4 * stride), row = column - 1, outer = Math.max(0, row);
      const offsets = offsetTable(this.#engine.memory, temporaries, shape.slice(kept), bytes(strides.slice(kept)));
      const rows = row < 0 ? 1 : shape[row], [xRow, outRow] = row < 0 ? [0, 0] : [4 * strides[row], 4 * output.strides[row]];
      const around = coalesce(shape.slice(0, outer), [strides.slice(0, outer), output.strides.slice(0, outer)]), plane = around.shape.length - 1, planes = plane < 0 ? 1 : around.shape[plane];
      const [xs, outs] = around.strides.map(bytes), [xPlane, outPlane] = plane < 0 ? [0, 0] : [xs[plane], outs[plane]];
      const odometer = new Odometer(around.shape.slice(0, Math.max(plane, 0)), [xs, outs], [addressAt(input, 0), addressAt(output, 0)]);
      const pool = this.#engine.sharing(output.size * terms), line = width * terms;
      const rowsAtOnce = pool === undefined ? rows : Math.min(rows, Math.ceil(SHARED / line)), planesAtOnce = Math.max(1, Math.floor((pool === undefined ? CHUNK : SHARED) / (rows * line)));
      do for (let p = 0; p < planes; p += planesAtOnce) for (let r = 0; r < rows; r += rowsAtOnce) {
        const x = odometer.at[0] + p * xPlane + r * xRow, out = odometer.at[1] + p * outPlane + r * outRow;
        call(pool, run, Math.min(planesAtOnce, planes - p), xPlane, outPlane, Math.min(rowsAtOnce, rows - r), width, terms, offsets, x, xRow, 4 * strides[column], out, outRow);
      }
      while (odometer.next());
      pool?.run();
    } finally {
      temporaries.free();
    }
    return true;
  }

  #kernel(extremum: Extremum): ExtremumRun {
    const key = `${extremum.op} ${extremum.result} ${extremum.spacing}`;
    let run = this.#kernels.get(key);
    if (run === undefined) this.#kernels.set(key, (run = emitExtremum(this.#engine, extremum)));
    return run;
  }
}
