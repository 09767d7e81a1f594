/**
 * @file The fused kernels `attention` and `attentionGrad`: products and rows, in pieces whose scores take little memory: whole matrices as long as they are
 * small, then queries of one. Knows no shader.
 */
import {
  attentionMasking, type AttentionMasking, attentionStages, denseView, type DType, type FusedKernels, type Kernels, type Program, program, scalar as s, type Shape, sizeOf, View,
} from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";

/** Scores of a piece: 16 MiB, and of a small device a part that leaves room for the rest. */
const SCORES = 1 << 22, PART_OF_DEVICE = 64;

type GpuView = View<WebGpuBuffer>;
type Attention = FusedKernels<WebGpuBuffer>["attention"];
type Others = Pick<Kernels<WebGpuBuffer>, "map" | "matmul"> & Pick<FusedKernels<WebGpuBuffer>, "rows">;
const f = "float32" as const;
const sum: Program = /*@__PURE__*/ program("add", [f, f], [], [/*@__PURE__*/ s.add(/*@__PURE__*/ s.arg(0, f), /*@__PURE__*/ s.arg(1, f))]);
/** 0, 1, ... and again from 0 after the param. */
const positions: Program = /*@__PURE__*/ program("positions", [], ["int32"], [/*@__PURE__*/ s.rem(s.index, /*@__PURE__*/ s.param(0, "int32"))]);

/** Matrices `from` to `to`, and of each the rows `first` to `end`. */
type Piece = { readonly from: number; readonly to: number; readonly first: number; readonly end: number };

function* piecesOf(batch: number, rows: number, columns: number, atOnce: number, oneByOne: boolean): Generator<Piece> {
  const matrices = oneByOne ? 1 : Math.max(1, Math.floor(atOnce / (rows * columns))), queries = Math.min(rows, Math.max(1, Math.floor(atOnce / columns)));
  for (let from = 0; from < batch; from += matrices) for (let first = 0; first < rows; first += queries)
    yield { from, to: Math.min(batch, from + matrices), first, end: Math.min(rows, first + queries) };
}

const viewOf = ({ buffer, dtype }: GpuView, shape: Shape, strides: Shape, offset: number): GpuView => new View(buffer, dtype, shape, strides, offset, sizeOf(shape), false);
const part = (view: GpuView, { from, to, first, end }: Piece): GpuView =>
  viewOf(view, [to - from, end - first, view.shape[2]!], view.strides, view.offset + from * view.strides[0]! + first * view.strides[1]!);
const turned = (view: GpuView): GpuView => viewOf(view, [view.shape[0]!, view.shape[2]!, view.shape[1]!], [view.strides[0]!, view.strides[2]!, view.strides[1]!], view.offset);
const matrices = (view: GpuView, { from, to }: Piece): GpuView => part(view, { from, to, first: 0, end: view.shape[1]! });

/** One call of either kernel: its memory, its pieces, and what masks their scores. */
class Call {
  readonly #device: WebGpuDevice;
  readonly #buffers: WebGpuBuffer[] = [];
  readonly masking: AttentionMasking;
  readonly pieces: readonly Piece[];
  readonly #columns: number;
  readonly #mask: GpuView | undefined;
  readonly #numbers: readonly [columns: GpuView, rows: GpuView] | undefined;

  /** @param ofRows what each row has one of */
  constructor(device: WebGpuDevice, { map }: Others, shape: Shape, mask: GpuView | undefined, causal: boolean, ofRows: readonly GpuView[]) {
    device.assertAlive();
    this.#device = device;
    const [batch, rows, columns] = shape as [number, number, number];
    this.masking = attentionMasking(mask?.dtype, causal);
    this.#mask = mask;
    this.#columns = columns;
    // Rows of several matrices have one stride, or go one matrix after the other.
    const oneByOne = [...ofRows, ...(mask === undefined ? [] : [mask])].some(({ strides }) => strides[0] !== rows * strides[1]!);
    this.pieces = [...piecesOf(batch, rows, columns, Math.max(columns, Math.min(SCORES, Math.floor(device.limits.maxBytes / 4 / PART_OF_DEVICE))), oneByOne)];
    if (!causal) return;
    const numbers = (count: number, period: number): GpuView => {
      const view = this.dense("int32", [count]);
      map([], [view], { program: positions, params: [period] });
      return view;
    };
    try {
      this.#numbers = [numbers(columns, columns), numbers(Math.max(rows, this.#mostRows()), rows)];
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #mostRows(): number {
    return Math.max(...this.pieces.map(({ from, to, first, end }) => (to - from) * (end - first)));
  }

  dense(dtype: DType, shape: Shape): GpuView {
    const buffer = this.#device.pool.allocate(dtype, sizeOf(shape));
    this.#buffers.push(buffer);
    return denseView(buffer, dtype, shape);
  }
  /** Room for the scores of any piece. */
  room(): GpuView {
    return this.dense(f, [this.#mostRows(), this.#columns]);
  }
  /** The scores of a piece in that room, as matrices. */
  block(room: GpuView, { from, to, first, end }: Piece): GpuView {
    const rows = end - first;
    return viewOf(room, [to - from, rows, this.#columns], [rows * this.#columns, this.#columns, 1], 0);
  }
  /** All rows of a piece below each other. */
  rows(view: GpuView): GpuView {
    const [count, rows, columns] = view.shape as [number, number, number];
    return viewOf(view, [count * rows, columns], [view.strides[1]!, view.strides[2]!], view.offset);
  }
  /** The same of what each row has one of. */
  spread(view: GpuView): GpuView {
    return viewOf(view, [view.shape[0]! * view.shape[1]!, this.#columns], [view.strides[1]!, 0], view.offset);
  }
  masks(piece: Piece): GpuView[] {
    if (this.#mask !== undefined) return [this.rows(part(this.#mask, piece))];
    if (this.#numbers === undefined) return [];
    const shape = [(piece.to - piece.from) * (piece.end - piece.first), this.#columns], [columns, rows] = this.#numbers;
    return [viewOf(columns, shape, [0, 1], 0), viewOf(rows, shape, [1, 0], piece.first)];
  }
  free(): void {
    for (const buffer of this.#buffers) this.#device.pool.free(buffer);
  }
}

export function attentionKernel(device: WebGpuDevice, others: Others): Attention {
  const { matmul, rows } = others;
  return (inputs, outputs, { scale, causal }) => {
    const [q, k, v, mask] = inputs as [GpuView, GpuView, GpuView, GpuView | undefined], [out, logs] = outputs as [GpuView, GpuView];
    const call = new Call(device, others, [q.shape[0]!, q.shape[1]!, k.shape[1]!], mask, causal, [logs]);
    try {
      const room = call.room(), totals = call.dense(f, [1, room.shape[0]!, 1]), stages = attentionStages("forward", call.masking);
      for (const piece of call.pieces) {
        const scores = call.block(room, piece), weights = call.rows(scores), count = weights.shape[0]!;
        matmul([part(q, piece), turned(matrices(k, piece))], [scores], {});
        rows([weights, ...call.masks(piece)], [weights, call.spread(part(logs, piece)), call.spread(part(totals, { from: 0, to: 1, first: 0, end: count }))], { stages, params: [scale] });
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
    const call = new Call(device, others, [q.shape[0]!, q.shape[1]!, k.shape[1]!], mask, causal, [logs, deltas]), stages = attentionStages("backward", call.masking);
    try {
      const rooms = [call.room(), call.room()] as const, widest = Math.max(dk.shape[2]!, dv.shape[2]!);
      const product = call.pieces.some(({ first }) => first > 0) ? call.dense(f, [dk.shape[1]! * widest]) : undefined;
      /** The product of all queries of some matrices, of which a piece has a part: the first is the beginning of the sum. */
      const gather = (left: GpuView, right: GpuView, target: GpuView, piece: Piece): void => {
        const to = matrices(target, piece);
        if (piece.first === 0 || product === undefined) return matmul([left, right], [to], {});
        const more = viewOf(product, to.shape, [to.size, to.shape[2]!, 1], 0);
        matmul([left, right], [more], {});
        map([line(to), line(more)], [line(to)], { program: sum, params: [] });
      };
      for (const piece of call.pieces) {
        const [weights, slopes] = rooms.map((room) => call.block(room, piece)) as [GpuView, GpuView], queries = part(q, piece), above = part(grad, piece);
        matmul([queries, turned(matrices(k, piece))], [weights], {});
        matmul([above, turned(matrices(v, piece))], [slopes], {});
        const [flat, slope] = [call.rows(weights), call.rows(slopes)];
        rows([flat, slope, call.spread(part(logs, piece)), call.spread(part(deltas, piece)), ...call.masks(piece)], [flat, slope], { stages, params: [scale] });
        matmul([slopes, matrices(k, piece)], [part(dq, piece)], {});
        gather(turned(slopes), queries, dk, piece);
        gather(turned(weights), above, dv, piece);
      }
    } finally {
      call.free();
    }
  };
}

const line = ({ buffer, dtype, offset, size }: GpuView): GpuView => new View(buffer, dtype, [size], [1], offset, size, true);
