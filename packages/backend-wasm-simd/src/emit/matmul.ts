/** @file Emits the float32 matrix kernels: register tiles over packed or strided operands. What is called, and on which block, is kernels/blocks.ts. */
import type { Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { addPack, addPackByTable } from "./pack.ts";
import { addPart, emitTiles, overTiles, SMALL_ROWS, TILE_COLUMNS } from "./tile.ts";

/**
 * Counts are in elements, strides and addresses in bytes. Large tiles have `engine.tileRows` rows, small ones SMALL_ROWS.
 * `packLarge`, `packSmall`, `packColumns`: see pack.ts; lines of a for large and small tiles, columns of b.
 * `packWindows`: the same of columns of b, by tables of offsets.
 * `large`, `small`: (rows, columns, depth, a, b, c, cRow, accumulate): a and b are packed.
 * `largeStrided`, `smallStrided`: (rows, columns, depth, a, aRow, aDepth, b, bDepth, bPanel, c, cRow, accumulate): columns of b are adjacent within a panel of 8.
 */
export type MatmulKernels = {
  readonly [N in "packLarge" | "packSmall" | "packColumns" | "packWindows" | "large" | "small" | "largeStrided" | "smallStrided"]: (...args: number[]) => number;
};

export function linkMatmul(engine: Engine): MatmulKernels {
  const module = new Module();
  addMatmul(module, engine);
  return engine.link<keyof MatmulKernels>(module);
}

/** Adds them to a module, whose own functions may then call them by these numbers. */
export function addMatmul(module: Module, { tileRows, relaxed }: Engine): { readonly [N in keyof MatmulKernels]: number } {
  const part = addPart(module);
  return {
    packLarge: addPack(module, "packLarge", tileRows),
    packSmall: addPack(module, "packSmall", SMALL_ROWS),
    packColumns: addPack(module, "packColumns", TILE_COLUMNS),
    packWindows: addPackByTable(module, "packWindows", TILE_COLUMNS),
    large: packedTiles(module, "large", tileRows, relaxed, part),
    small: packedTiles(module, "small", SMALL_ROWS, relaxed, part),
    largeStrided: stridedTiles(module, "largeStrided", tileRows, relaxed, part),
    smallStrided: stridedTiles(module, "smallStrided", SMALL_ROWS, relaxed, part),
  };
}

function packedTiles(module: Module, name: string, height: number, relaxed: boolean, part: number): number {
  const [half, whole] = [1, 2].map((vectors) => module.func(`${name}${vectors}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, a, b, end, c, cRow, accumulate, count) => {
    const pb = f.local("i32");
    emitTiles(f, height, vectors, relaxed, {
      start: () => f.get(b).set(pb),
      loadB: (y) => y.forEach((vector, v) => f.get(pb).memory("v128.load", 16 * v).set(vector)),
      pushA: (row) => (f.get(a), 4 * row),
      next: () => f.increment(a, 4 * height).increment(pb, 4 * TILE_COLUMNS).get(pb).get(end).op("i32.ne"),
      down() {}, // the next panel of a follows
    }, { c: [c], cRow, accumulate }, count);
  }));
  return module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, columns, depth, a, b, c, cRow, accumulate) => {
    const pa = f.local("i32"), end = f.local("i32"), left = f.local("i32");
    overTiles(f, height, { rows, columns, c, cRow, accumulate }, left, part, {
      begin: () => f.get(a).set(pa).get(b).get(depth).i32(4 * TILE_COLUMNS).op("i32.mul").op("i32.add").set(end),
      call(vectors, target, count) {
        f.get(pa).get(b).get(end);
        target();
        count();
        f.call(vectors === 2 ? whole : half);
      },
      down(count) {
        f.get(pa).get(depth).i32(4 * height).op("i32.mul");
        count();
        f.op("i32.mul").op("i32.add").set(pa);
      },
      across: () => f.get(end).set(b),
    });
  });
}

function stridedTiles(module: Module, name: string, height: number, relaxed: boolean, part: number): number {
  const [half, whole] = [1, 2].map((vectors) => module.func(
    `${name}${vectors}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, rows, depth, a, aRow, aDepth, b, bDepth, c, cRow, accumulate, count) => {
      const pa: Local<"i32">[] = Array.from({ length: height }, () => f.local("i32")), pb = f.local("i32"), left = f.local("i32");
      emitTiles(f, height, vectors, relaxed, {
        start() {
          f.get(b).set(pb).get(depth).set(left);
          // rows beyond the last read the last again; they are not stored
          pa.forEach((pointer, row) => (row === 0 ? f.get(a) : f.get(pa[row - 1]).get(aRow).i32(0).get(rows).i32(row).op("i32.gt_s").op("select").op("i32.add")).set(pointer));
        },
        loadB: (y) => y.forEach((vector, v) => f.get(pb).memory("v128.load", 16 * v).set(vector)),
        pushA: (row) => (f.get(pa[row]), 0),
        next() {
          for (const pointer of pa) f.get(pointer).get(aDepth).op("i32.add").set(pointer);
          f.get(pb).get(bDepth).op("i32.add").set(pb).get(left).i32(1).op("i32.sub").tee(left);
        },
        down: () => f.get(a).get(aRow).i32(height).op("i32.mul").op("i32.add").set(a),
      }, { c: [c], cRow, accumulate }, count);
    }));
  return module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, rows, columns, depth, a, aRow, aDepth, b, bDepth, bPanel, c, cRow, accumulate) => {
      const pa = f.local("i32"), left = f.local("i32");
      overTiles(f, height, { rows, columns, c, cRow, accumulate }, left, part, {
        begin: () => f.get(a).set(pa),
        call(vectors, target, count) {
          f.get(left).get(depth).get(pa).get(aRow).get(aDepth).get(b).get(bDepth);
          target();
          count();
          f.call(vectors === 2 ? whole : half);
        },
        down(count) {
          f.get(pa).get(aRow).i32(height).op("i32.mul");
          count();
          f.op("i32.mul").op("i32.add").set(pa);
        },
        across: () => f.get(b).get(bPanel).op("i32.add").set(b),
      });
    });
}
