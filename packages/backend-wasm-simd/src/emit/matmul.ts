/** @file Emits the float32 matrix kernels: packing, and 4x8 register tiles over packed or strided operands. Blocking is kernels/matmul.ts. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { transpose } from "./copy.ts";

/** Rows and columns of a register tile: 8 accumulators, so that V8 spills nothing. */
export const TILE_ROWS = 4, TILE_COLUMNS = 8;

type I32 = Local<"i32">;

/**
 * All sizes count elements, all strides and addresses bytes.
 * `pack4`, `pack8`: (width, depth, source, sourceWidth, sourceDepth, target): panels of 4 or 8 by depth, filled up with zeros.
 * `tile4x8`: (rows, columns, depth, a, b, c, cRow, accumulate): a and b are packed.
 * `tile4x8Strided`: (rows, columns, depth, a, aRow, aDepth, b, bDepth, bPanel, c, cRow): columns of b are adjacent within a panel of 8.
 */
export type MatmulKernels = { readonly [N in "pack4" | "pack8" | "tile4x8" | "tile4x8Strided"]: (...args: number[]) => number };

export function linkMatmul(engine: Engine): MatmulKernels {
  const module = new Module();
  pack(module, "pack4", 4);
  pack(module, "pack8", 8);
  const edge = storeEdge(module);
  packedTiles(module, engine.relaxed, edge);
  stridedTiles(module, engine.relaxed, edge);
  return engine.link<keyof MatmulKernels>(module);
}

function pack(module: Module, name: string, panel: 4 | 8): void {
  module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, width, depth, source, sourceWidth, sourceDepth, target) => {
    const from = f.local("i32"), left = f.local("i32"), w = f.local("i32"), pointer = f.local("i32");
    const x = [0, 1, 2, 3].map(() => f.local("v128"));
    const oneByOne = () => {
      f.i32(0).set(w).get(from).set(pointer);
      f.while(() => f.get(w).i32(panel).op("i32.lt_u"), () => {
        f.get(target).get(w).get(width).op("i32.lt_s").if(
          () => f.get(pointer).memory("i32.load").set(w4),
          () => f.i32(0).set(w4));
        f.get(w4).memory("i32.store").increment(target, 4).increment(w, 1).get(pointer).get(sourceWidth).op("i32.add").set(pointer);
      });
    };
    const w4 = f.local("i32");
    f.while(() => f.get(width).i32(0).op("i32.gt_s"), () => {
      f.get(source).set(from).get(depth).set(left);
      f.get(width).i32(panel).op("i32.ge_s").if(() => {
        f.get(sourceWidth).i32(4).op("i32.eq").if(() => {
          f.while(() => f.get(left), () => {
            for (let v = 0; v < panel; v += 4) f.get(target).get(from).memory("v128.load", 4 * v).memory("v128.store", 4 * v);
            f.increment(target, 4 * panel).get(from).get(sourceDepth).op("i32.add").set(from).increment(left, -1);
          });
        });
        f.get(sourceDepth).i32(4).op("i32.eq").if(() => {
          f.while(() => f.get(left).i32(4).op("i32.ge_u"), () => {
            f.get(from).set(pointer);
            for (let v = 0; v < panel; v += 4) {
              x.forEach((row) => f.get(pointer).memory("v128.load").set(row).get(pointer).get(sourceWidth).op("i32.add").set(pointer));
              transpose(f, x);
              x.forEach((row, k) => f.get(target).get(row).memory("v128.store", 4 * (k * panel + v)));
            }
            f.increment(target, 16 * panel).increment(from, 16).increment(left, -4);
          });
        });
      });
      f.while(() => f.get(left), () => {
        oneByOne();
        f.get(from).get(sourceDepth).op("i32.add").set(from).increment(left, -1);
      });
      f.get(source).get(sourceWidth).i32(panel).op("i32.mul").op("i32.add").set(source).increment(width, -panel);
    });
  });
}

/** `(c, value, count, accumulate)`: stores the first `count` lanes; none if it is not positive. */
function storeEdge(module: Module): number {
  return module.func("edge", ["i32", "v128", "i32", "i32"], [], (f, c, value, count, accumulate) => {
    f.get(count).i32(0).op("i32.le_s").if(() => f.op("return"));
    f.get(accumulate).if(() => f.get(value).get(c).memory("v128.load").op("f32x4.add").set(value));
    f.get(count).i32(4).op("i32.lt_s").if(
      () => storePartly(f, "float32", c, value, count),
      () => f.get(c).get(value).memory("v128.store"));
  });
}

/** acc += a * b for one tile and one k; `pushA` leaves the address of row r, whose element lies at `offset(r)`. */
function multiplyAdd(f: Code, relaxed: boolean, accumulators: readonly Local<"v128">[], b: I32, pushA: (row: number) => number): void {
  const b0 = f.local("v128"), b1 = f.local("v128"), a = f.local("v128");
  f.get(b).memory("v128.load").set(b0).get(b).memory("v128.load", 16).set(b1);
  for (let row = 0; row < TILE_ROWS; row++) {
    const offset = pushA(row);
    f.memory("v128.load32_splat", offset).set(a);
    for (const [half, column] of [b0, b1].entries()) {
      const sum = accumulators[2 * row + half];
      if (relaxed) f.get(a).get(column).get(sum).op("f32x4.relaxed_madd").set(sum);
      else f.get(sum).get(a).get(column).op("f32x4.mul").op("f32x4.add").set(sum);
    }
  }
}

function storeTile(f: Code, edge: number, sums: readonly Local<"v128">[], c: I32, cRow: I32, rows: I32, columns: I32, accumulate: I32): void {
  const pointer = f.local("i32");
  f.get(c).set(pointer);
  f.get(rows).i32(TILE_ROWS).op("i32.ge_s").get(columns).i32(TILE_COLUMNS).op("i32.ge_s").op("i32.and").if(() => {
    f.get(accumulate).if(() => {
      for (let row = 0; row < TILE_ROWS; row++) {
        for (const half of [0, 1]) f.get(pointer).get(pointer).memory("v128.load", 16 * half).get(sums[2 * row + half]).op("f32x4.add").memory("v128.store", 16 * half);
        f.get(pointer).get(cRow).op("i32.add").set(pointer);
      }
    }, () => {
      for (let row = 0; row < TILE_ROWS; row++) {
        for (const half of [0, 1]) f.get(pointer).get(sums[2 * row + half]).memory("v128.store", 16 * half);
        f.get(pointer).get(cRow).op("i32.add").set(pointer);
      }
    });
  }, () => {
    for (let row = 0; row < TILE_ROWS; row++) f.get(rows).i32(row).op("i32.gt_s").if(() => {
      for (const half of [0, 1])
        f.get(pointer).i32(16 * half).op("i32.add").get(sums[2 * row + half]).get(columns).i32(4 * half).op("i32.sub").get(accumulate).call(edge);
      f.get(pointer).get(cRow).op("i32.add").set(pointer);
    });
  });
}

const tileSums = (f: Code): Local<"v128">[] => Array.from({ length: 2 * TILE_ROWS }, () => f.local("v128"));
const clear = (f: Code, sums: readonly Local<"v128">[]): void => { for (const sum of sums) f.constant(0).set(sum); };

function packedTiles(module: Module, relaxed: boolean, edge: number): void {
  module.func("tile4x8", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, columns, depth, a, b, c, cRow, accumulate) => {
    const sums = tileSums(f), pa = f.local("i32"), pb = f.local("i32"), pc = f.local("i32"), end = f.local("i32"), rowsLeft = f.local("i32");
    f.while(() => f.get(columns).i32(0).op("i32.gt_s"), () => {
      f.get(a).set(pa).get(c).set(pc).get(rows).set(rowsLeft).get(b).get(depth).i32(4 * TILE_COLUMNS).op("i32.mul").op("i32.add").set(end);
      f.loop((nextRows) => {
        clear(f, sums);
        f.get(b).set(pb);
        f.loop((again) => {
          multiplyAdd(f, relaxed, sums, pb, (row) => (f.get(pa), 4 * row));
          f.increment(pa, 4 * TILE_ROWS).increment(pb, 4 * TILE_COLUMNS).get(pb).get(end).op("i32.ne").branchIf(again);
        });
        storeTile(f, edge, sums, pc, cRow, rowsLeft, columns, accumulate);
        f.get(pc).get(cRow).i32(2).op("i32.shl").op("i32.add").set(pc).increment(rowsLeft, -TILE_ROWS);
        f.get(rowsLeft).i32(0).op("i32.gt_s").branchIf(nextRows);
      });
      f.get(end).set(b).increment(c, 4 * TILE_COLUMNS).increment(columns, -TILE_COLUMNS);
    });
  });
}

function stridedTiles(module: Module, relaxed: boolean, edge: number): void {
  module.func("tile4x8Strided", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, rows, columns, depth, a, aRow, aDepth, b, bDepth, bPanel, c, cRow) => {
      const sums = tileSums(f), pa = [0, 1, 2, 3].map(() => f.local("i32")), base = f.local("i32");
      const pb = f.local("i32"), pc = f.local("i32"), left = f.local("i32"), rowsLeft = f.local("i32"), accumulate = f.local("i32");
      f.while(() => f.get(columns).i32(0).op("i32.gt_s"), () => {
        f.get(a).set(base).get(c).set(pc).get(rows).set(rowsLeft);
        f.loop((nextRows) => {
          clear(f, sums);
          f.get(b).set(pb).get(depth).set(left).get(base).set(pa[0]);
          // rows beyond the last read the last again; they are not stored
          for (let row = 1; row < TILE_ROWS; row++)
            f.get(pa[row - 1]).get(aRow).i32(0).get(rowsLeft).i32(row).op("i32.gt_s").op("select").op("i32.add").set(pa[row]);
          f.loop((again) => {
            multiplyAdd(f, relaxed, sums, pb, (row) => (f.get(pa[row]), 0));
            for (const pointer of pa) f.get(pointer).get(aDepth).op("i32.add").set(pointer);
            f.get(pb).get(bDepth).op("i32.add").set(pb).get(left).i32(1).op("i32.sub").tee(left).branchIf(again);
          });
          storeTile(f, edge, sums, pc, cRow, rowsLeft, columns, accumulate);
          f.get(pc).get(cRow).i32(2).op("i32.shl").op("i32.add").set(pc).get(base).get(aRow).i32(2).op("i32.shl").op("i32.add").set(base);
          f.increment(rowsLeft, -TILE_ROWS).get(rowsLeft).i32(0).op("i32.gt_s").branchIf(nextRows);
        });
        f.get(b).get(bPanel).op("i32.add").set(b).increment(c, 4 * TILE_COLUMNS).increment(columns, -TILE_COLUMNS);
      });
    });
}
