/** @file The fused kernels `attention` and `attentionGrad`: blocks of queries, whose scores stay in the second cache. Made of products and rows. */
import { attentionMasking, type AttentionMasking, attentionStages, type FusedAttrs, type Kernel, type PrimitiveAttrs, type Program, program, scalar as s, View } from "@adjoint/core/backend";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { WasmBuffer } from "../memory.ts";
import { type Multiplier, turned } from "./matmul.ts";
import { Temporaries } from "./temporaries.ts";

/** Scores of one block, of which backward has two: with what belongs to them they fit into a second cache of 512 KiB. */
const BLOCK = 49152;
/** Queries of a block, at the least: a whole number of tiles. */
const FEWEST = 24;

type Attrs = FusedAttrs["attention"];
type Kernels = {
  readonly multiplier: Multiplier;
  readonly rows: Kernel<FusedAttrs["rows"], WasmBuffer>;
  readonly map: Kernel<PrimitiveAttrs["map"], WasmBuffer>;
};
const f = "float32" as const;

const sum: () => Program = () => program("add", [f, f], [], [s.add(s.arg(0, f), s.arg(1, f))]);

/** Rows `from` to `to` of matrix b of all, and of them the first columns, as a batch of one. */
function part({ buffer, dtype, shape, strides, offset }: WasmView, b: number, from: number, to: number, columns: number = shape[3]): WasmView {
  const outer = Math.floor(b / shape[1]), at = offset + outer * strides[0] + (b - outer * shape[1]) * strides[1] + from * strides[2];
  return new View(buffer, dtype, [1, to - from, columns], [0, strides[2], strides[3]], at, (to - from) * columns, false);
}
const flat = ({ buffer, dtype, shape, strides, offset, size }: WasmView): WasmView => new View(buffer, dtype, [shape[1], shape[2]], [strides[1], strides[2]], offset, size, strides[1] === shape[2] && strides[2] === 1);
/** A value for each row, as wide as the rows. */
const spread = (view: WasmView, columns: number): WasmView => new View(view.buffer, view.dtype, [view.shape[1], columns], [view.strides[1], 0], view.offset, view.shape[1] * columns, false);

/** One call of either kernel: the blocks of queries, and what masks them. */
class Call {
  readonly temporaries: Temporaries;
  readonly rowsAtOnce: number;
  readonly masking: AttentionMasking;
  readonly #columns: number;
  readonly #attrs: Attrs;
  readonly #mask: WasmView | undefined;
  readonly #numbers: WasmView | undefined;

  constructor(engine: Engine, rows: number, columns: number, mask: WasmView | undefined, attrs: Attrs) {
    engine.check();
    this.temporaries = new Temporaries(engine.memory);
    this.#columns = columns;
    this.#attrs = attrs;
    this.rowsAtOnce = Math.min(rows, Math.max(FEWEST, Math.floor(BLOCK / columns / FEWEST) * FEWEST));
    this.masking = attentionMasking(mask?.dtype, attrs.causal);
    this.#mask = mask;
    if (!attrs.causal) return;
    const count = Math.max(rows, columns), numbers = (this.#numbers = this.temporaries.dense("int32", [count])), at = addressAt(numbers, 0) / 4;
    for (let i = 0; i < count; i++) engine.memory.words[at + i] = i;
  }
  /** How many columns a block looks at that ends before row `to`. */
  width(to: number): number {
    return this.#attrs.causal ? Math.min(to, this.#columns) : this.#columns;
  }
  /** What masks rows `from` to `to` of matrix b, as the last inputs of the stages. */
  masks(b: number, from: number, to: number): WasmView[] {
    const rows = to - from, columns = this.width(to), numbers = this.#numbers;
    if (numbers !== undefined)
      return [[0, 1, 0], [1, 0, from]].map(([rowStride, stride, offset]) => new View(numbers.buffer, "int32", [rows, columns], [rowStride, stride], offset, rows * columns, false));
    return this.#mask === undefined ? [] : [flat(part(this.#mask, b, from, to))];
  }
  /** A matrix of the temporary's memory, rows as long as the block is wide. */
  block(room: WasmView, rows: number, columns: number): WasmView {
    return new View(room.buffer, room.dtype, [1, rows, columns], [0, columns, 1], 0, rows * columns, false);
  }
}

export function attentionKernel(engine: Engine, { multiplier, rows }: Kernels): Kernel<Attrs, WasmBuffer> {
  return ([q, k, v, mask], [out, logs], attrs) => {
    const [outer, inner, l] = q.shape, s_ = k.shape[2], call = new Call(engine, l, s_, mask, attrs), { temporaries, rowsAtOnce } = call;
    try {
      const room = temporaries.dense(f, [rowsAtOnce, s_]), totals = temporaries.dense(f, [1, 1, rowsAtOnce, 1]);
      for (let b = 0; b < outer * inner; b++) for (let from = 0; from < l; from += rowsAtOnce) {
        const to = Math.min(l, from + rowsAtOnce), width = call.width(to), scores = call.block(room, to - from, width);
        multiplier.multiply(part(q, b, from, to), turned(part(k, b, 0, width)), scores);
        rows(
          [flat(scores), ...call.masks(b, from, to)], [flat(scores), spread(part(logs, b, from, to), width), spread(part(totals, 0, 0, to - from), width)],
          { stages: attentionStages("forward", call.masking), params: [attrs.scale] },
        );
        multiplier.multiply(scores, part(v, b, 0, width), part(out, b, from, to));
      }
    } finally {
      temporaries.free();
    }
  };
}

export function attentionGradKernel(engine: Engine, { multiplier, rows, map }: Kernels): Kernel<Attrs, WasmBuffer> {
  return ([grad, q, k, v, logs, deltas, mask], [dq, dk, dv], attrs) => {
    const [outer, inner, l, d] = q.shape, s_ = k.shape[2], e = v.shape[3], call = new Call(engine, l, s_, mask, attrs), { temporaries, rowsAtOnce } = call;
    try {
      const [scores, slopes] = [0, 1].map(() => temporaries.dense(f, [rowsAtOnce, s_])), isWhole = rowsAtOnce === l && call.width(l) === s_;
      const room = isWhole ? undefined : temporaries.dense(f, [s_, Math.max(d, e)]);
      const clearRows = (view: WasmView): void => {
        const [, rows, width] = view.shape, isDense = view.strides[1] === width;
        for (let i = 0; i < (isDense ? 1 : rows); i++) engine.clear(addressAt(view, i * view.strides[1]), 4 * width * (isDense ? rows : 1));
      };
      /** The first rows of `to` get the product, or have it added. */
      const gather = (a: WasmView, b: WasmView, to: WasmView): void => {
        if (room === undefined) return multiplier.multiply(a, b, to);
        const [, height, width] = to.shape, product = call.block(room, height, width);
        multiplier.multiply(a, b, product);
        const target = flat(to);
        map([target, flat(product)], [target], { program: sum(), params: [] });
      };
      for (let b = 0; b < outer * inner; b++) for (let from = 0; from < l; from += rowsAtOnce) {
        if (from === 0 && !isWhole) for (const view of [dk, dv]) clearRows(part(view, b, 0, s_));
        const to = Math.min(l, from + rowsAtOnce), count = to - from, width = call.width(to);
        const weights = call.block(scores, count, width), slope = call.block(slopes, count, width), queries = part(q, b, from, to), above = part(grad, b, from, to);
        multiplier.multiply(queries, turned(part(k, b, 0, width)), weights);
        multiplier.multiply(above, turned(part(v, b, 0, width)), slope);
        rows(
          [flat(weights), flat(slope), spread(part(logs, b, from, to), width), spread(part(deltas, b, from, to), width), ...call.masks(b, from, to)], [flat(weights), flat(slope)],
          { stages: attentionStages("backward", call.masking), params: [attrs.scale] },
        );
        multiplier.multiply(slope, part(k, b, 0, width), part(dq, b, from, to));
        gather(turned(slope), queries, part(dk, b, 0, width));
        gather(turned(weights), above, part(dv, b, 0, width));
      }
    } finally {
      temporaries.free();
    }
  };
}
