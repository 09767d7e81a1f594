/**
 * @file The fused kernels `attention` and `attentionGrad`: products and rows, in pieces whose scores take little memory: whole matrices as long as they are
 * small, then queries of one. Knows no shader.
 */
import {
  attentionMasking, type AttentionMasking, attentionStages, denseView, type DType, type FusedKernels, type Kernels, type Program, program, scalar as s, type Shape, sizeOf, type Triple, View,
} from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";

/** Scores of a piece: at most so many, and of a small device a part that leaves room for the rest. */
const ROOM = { registers: { scores: 1 << 22, part: 64 }, workgroup: { scores: 1 << 24, part: 32 } } as const;

type GpuView = View<WebGpuBuffer>;
type Attention = FusedKernels<WebGpuBuffer>["attention"];
type Others = Pick<Kernels<WebGpuBuffer>, "map" | "matmul"> & Pick<FusedKernels<WebGpuBuffer>, "rows">;
const f = "float32" as const;
const sum: Program = /*@__PURE__*/ program("add", [f, f], [], [/*@__PURE__*/ s.add(/*@__PURE__*/ s.arg(0, f), /*@__PURE__*/ s.arg(1, f))]);
const positions: Program = /*@__PURE__*/ program("positions", [], ["int32"], [s.index]);

/** Where it begins in the two batch dims and in the rows, and how many of each it has. */
type Piece = { readonly at: Triple; readonly counts: Triple };

/** Pieces of about one size: several of the first batch dim, else several of the second, else some queries of one matrix. */
function* piecesOf(outer: number, inner: number, rows: number, columns: number, atOnce: number): Generator<Piece> {
  const matrices = Math.max(1, Math.floor(atOnce / (rows * columns)));
  const steps = [evenly(outer, Math.floor(matrices / inner)), evenly(inner, matrices), Math.min(rows, Math.max(1, Math.floor(atOnce / columns)))] as const;
  for (let c = 0; c < outer; c += steps[0]) for (let b = 0; b < inner; b += steps[1]) for (let first = 0; first < rows; first += steps[2])
    yield { at: [c, b, first], counts: [Math.min(outer - c, steps[0]), Math.min(inner - b, steps[1]), Math.min(rows - first, steps[2])] };
}
const evenly = (count: number, most: number): number => Math.ceil(count / Math.ceil(count / Math.max(1, most)));

const viewOf = ({ buffer, dtype }: GpuView, shape: Shape, strides: Shape, offset: number): GpuView => new View(buffer, dtype, shape, strides, offset, sizeOf(shape), false);
const part = (view: GpuView, { at, counts }: Piece): GpuView =>
  viewOf(view, [...counts, view.shape[3]!], view.strides, view.offset + at[0] * view.strides[0]! + at[1] * view.strides[1]! + at[2] * view.strides[2]!);
const matrices = (view: GpuView, { at: [c, b], counts: [outer, inner] }: Piece): GpuView => part(view, { at: [c, b, 0], counts: [outer, inner, view.shape[2]!] });
const turned = ({ buffer, dtype, shape: [c, b, m, n], strides: [sc, sb, sm, sn], offset, size }: GpuView): GpuView => new View(buffer, dtype, [c!, b!, n!, m!], [sc!, sb!, sn!, sm!], offset, size, false);

/** One call of either kernel: its memory, its pieces, and what masks their scores. */
class Call {
  readonly #device: WebGpuDevice;
  readonly #buffers: WebGpuBuffer[] = [];
  readonly masking: AttentionMasking;
  readonly pieces: readonly Piece[];
  readonly #columns: number;
  readonly #mask: GpuView | undefined;
  readonly #numbers: GpuView | undefined;

  constructor(device: WebGpuDevice, { map }: Others, q: GpuView, k: GpuView, mask: GpuView | undefined, causal: boolean) {
    device.assertAlive();
    this.#device = device;
    const [outer, inner, rows] = q.shape as [number, number, number, number], columns = k.shape[2]!, { scores, part: of } = ROOM[device.tuning];
    this.masking = attentionMasking(mask?.dtype, causal);
    this.#mask = mask;
    this.#columns = columns;
    this.pieces = [...piecesOf(outer, inner, rows, columns, Math.max(columns, Math.min(scores, Math.floor(device.limits.maxBytes / 4 / of))))];
    if (!causal) return;
    const numbers = (this.#numbers = this.dense("int32", [Math.max(rows, columns)]));
    try {
      map([], [numbers], { program: positions, params: [] });
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #mostRows(): number {
    return Math.max(...this.pieces.map(({ counts: [outer, inner, rows] }) => outer * inner * rows));
  }

  dense(dtype: DType, shape: Shape): GpuView {
    const buffer = this.#device.pool.allocate(dtype, sizeOf(shape));
    this.#buffers.push(buffer);
    return denseView(buffer, dtype, shape);
  }
  /** Room for what each row of any piece has so many of. */
  room(of: number = this.#columns): GpuView {
    return this.dense(f, [this.#mostRows(), of]);
  }
  /** What a piece has in that room, as matrices. */
  block(room: GpuView, { counts: [outer, inner, rows] }: Piece): GpuView {
    const columns = room.shape[1]!;
    return viewOf(room, [outer, inner, rows, columns], [inner * rows * columns, rows * columns, columns, 1], 0);
  }
  /** What each row has one of, as wide as rows of scores. */
  spread(view: GpuView): GpuView {
    const [outer, inner, rows] = view.shape as [number, number, number, number];
    return viewOf(view, [outer, inner, rows, this.#columns], [...view.strides.slice(0, 3), 0], view.offset);
  }
  masks(piece: Piece): GpuView[] {
    if (this.#mask !== undefined) return [part(this.#mask, piece)];
    if (this.#numbers === undefined) return [];
    const shape = [...piece.counts, this.#columns];
    return [viewOf(this.#numbers, shape, [0, 0, 0, 1], 0), viewOf(this.#numbers, shape, [0, 0, 1, 0], piece.at[2])];
  }
  free(): void {
    for (const buffer of this.#buffers) this.#device.pool.free(buffer);
  }
}

export function attentionKernel(device: WebGpuDevice, others: Others): Attention {
  const { matmul, rows } = others;
  return (inputs, outputs, { scale, causal }) => {
    const [q, k, v, mask] = inputs as [GpuView, GpuView, GpuView, GpuView | undefined], [out, logs] = outputs as [GpuView, GpuView];
    const call = new Call(device, others, q, k, mask, causal);
    try {
      const room = call.room(), totals = call.room(1), stages = attentionStages("forward", call.masking);
      for (const piece of call.pieces) {
        const scores = call.block(room, piece);
        matmul([part(q, piece), turned(matrices(k, piece))], [scores], {});
        rows([scores, ...call.masks(piece)], [scores, call.spread(part(logs, piece)), call.spread(call.block(totals, piece))], { stages, params: [scale] });
        matmul([scores, matrices(v, piece)], [part(out, piece)], {});
      }
    } finally {
      call.free();
    }
  };
}

export function attentionGradKernel(device: WebGpuDevice, others: Others): Attention {
  const { map, matmul, rows } = others;
  return (inputs, outputs, { scale, causal }) => {
    const [grad, q, k, v, logs, deltas, mask] = inputs as [GpuView, GpuView, GpuView, GpuView, GpuView, GpuView, GpuView | undefined], [dq, dk, dv] = outputs as [GpuView, GpuView, GpuView];
    const call = new Call(device, others, q, k, mask, causal), stages = attentionStages("backward", call.masking);
    try {
      const rooms = [call.room(), call.room()] as const, widest = Math.max(dk.shape[3]!, dv.shape[3]!);
      const product = call.pieces.some(({ at }) => at[2] > 0) ? call.dense(f, [dk.shape[2]! * widest]) : undefined;
      /** The product of all queries of some matrices, of which a piece has a part: the first is the beginning of the sum. Those with further ones are of one matrix. */
      const gather = (left: GpuView, right: GpuView, target: GpuView, piece: Piece): void => {
        const to = matrices(target, piece);
        if (piece.at[2] === 0 || product === undefined) return matmul([left, right], [to], {});
        const more = viewOf(product, to.shape, [to.size, to.size, to.shape[3]!, 1], 0);
        matmul([left, right], [more], {});
        const sums = matrix(to);
        map([sums, matrix(more)], [sums], { program: sum, params: [] });
      };
      for (const piece of call.pieces) {
        const [weights, slopes] = rooms.map((room) => call.block(room, piece)) as [GpuView, GpuView], queries = part(q, piece), above = part(grad, piece);
        matmul([queries, turned(matrices(k, piece))], [weights], {});
        matmul([above, turned(matrices(v, piece))], [slopes], {});
        rows([weights, slopes, call.spread(part(logs, piece)), call.spread(part(deltas, piece)), ...call.masks(piece)], [weights, slopes], { stages, params: [scale] });
        matmul([slopes, matrices(k, piece)], [part(dq, piece)], {});
        gather(turned(slopes), queries, dk, piece);
        gather(turned(weights), above, dv, piece);
      }
    } finally {
      call.free();
    }
  };
}

/** Of a view of one. */
const matrix = ({ buffer, dtype, shape: [, , m, n], strides: [, , row, column], offset, size }: GpuView): GpuView => new View(buffer, dtype, [m!, n!], [row!, column!], offset, size, row === n);
