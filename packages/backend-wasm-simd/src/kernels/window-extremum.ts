/** @file Extrema of float32 over dims that do not lie in long rows, such as windows: four results at a time. Long rows are arg-reduce.ts and reduce.ts. */
import { type Shape, sizeOf } from "@adjoint/core/backend";
import { emitExtremum, type Extremum, type ExtremumRun } from "../emit/window-extremum.ts";
import { spacingOf } from "../emit/places.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
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
      const bytes = (dims: Shape): number[] => dims.map((stride) => 4 * stride), row = column - 1;
      const offsets = offsetTable(this.#engine.memory, temporaries, shape.slice(kept), bytes(strides.slice(kept)));
      const rows = row < 0 ? 1 : shape[row], xRow = row < 0 ? 0 : 4 * strides[row], outRow = row < 0 ? 0 : 4 * output.strides[row], outer = Math.max(0, row);
      const odometer = new Odometer(shape.slice(0, outer), [bytes(strides.slice(0, outer)), bytes(output.strides.slice(0, outer))], [addressAt(input, 0), addressAt(output, 0)]);
      const pool = this.#engine.sharing(output.size * terms), most = pool === undefined ? rows : Math.max(1, Math.ceil(SHARED / (width * terms)));
      do for (let r = 0; r < rows; r += most)
        call(pool, run, Math.min(most, rows - r), width, terms, offsets, odometer.at[0] + r * xRow, xRow, 4 * strides[column], odometer.at[1] + r * outRow, outRow);
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
