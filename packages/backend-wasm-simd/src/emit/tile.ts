/**
 * @file Emits one register tile of a product as a function of its own: rows by columns of sums that stay in registers while the depth is walked.
 * A function holds one such loop and little else: V8 then spills none of the sums.
 */
import type { Code, Local } from "../asm/code.ts";
import type { Module } from "../asm/module.ts";
import { SCRATCH } from "../memory.ts";
import { storePartly } from "./body.ts";
import { multiplyAdd } from "./multiply-add.ts";

/** Columns of a tile: two vectors. */
export const TILE_COLUMNS = 8;
/** Rows of the tiles that end a block, and of all tiles where `engine.tileRows` says so. */
export const SMALL_ROWS = 4;

type I32 = Local<"i32">;
type V128 = Local<"v128">;

/** How a tile walks the depth: what is emitted before its loop, how a step loads vectors of b and finds a, how it goes on, which leaves whether there is more; and on to the tile below. */
export type Walk = {
  start(): void;
  loadB(vectors: readonly V128[]): void;
  /** Leaves an address for row r, and returns the element's distance from it. */
  pushA(row: number): number;
  next(): void;
  down(): void;
};

/** Where the vectors of a tile's rows go: side by side from one address, or each from its own. Rows are `cRow` bytes apart. */
export type Target = { readonly c: readonly I32[]; readonly cRow: I32; readonly accumulate: I32 };

/** Emits `count` whole tiles, one below the other: sums of `rows` rows and `vectors` vectors each, stored, or added to what is there. */
export function emitTiles(f: Code, rows: number, vectors: number, relaxed: boolean, walk: Walk, target: Target, count: I32): void {
  f.loop((again) => {
    emitTile(f, rows, vectors, relaxed, walk, target);
    walk.down();
    f.get(count).i32(1).op("i32.sub").tee(count).branchIf(again);
  });
}

function emitTile(f: Code, rows: number, vectors: number, relaxed: boolean, walk: Walk, { c, cRow, accumulate }: Target): void {
  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
  const a = f.local("v128"), b = Array.from({ length: vectors }, () => f.local("v128"));
  for (const sum of sums.flat()) f.constant(0).set(sum);
  walk.start();
  f.loop((again) => {
    walk.loadB(b);
    sums.forEach((row, r) => {
      const offset = walk.pushA(r);
      f.memory("v128.load32_splat", offset).set(a);
      row.forEach((sum, v) => multiplyAdd(f, relaxed, a, b[v], sum));
    });
    walk.next();
    f.branchIf(again);
  });
  const store = (add: boolean) => sums.forEach((row) => {
    row.forEach((sum, v) => {
      const pointer = c[v] ?? c[0], offset = c.length > v ? 0 : 16 * v;
      f.get(pointer);
      if (add) f.get(pointer).memory("v128.load", offset).get(sum).op("f32x4.add");
      else f.get(sum);
      f.memory("v128.store", offset);
    });
    for (const pointer of c) f.get(pointer).get(cRow).op("i32.add").set(pointer);
  });
  f.get(accumulate).if(() => store(true), () => store(false));
}

/** Leaves the value, or `most` if it is larger. */
export const atMost = (f: Code, value: I32, most: number): Code => f.get(value).i32(most).get(value).i32(most).op("i32.lt_s").op("select");

export type Block = { readonly rows: I32; readonly columns: I32; readonly c: I32; readonly cRow: I32; readonly accumulate: I32 };
/** What a pass over the tiles of a block emits: what each column of tiles begins with, a call of some tiles, and what goes on below them and to the next column. */
export type Pass = { begin(): void; call(vectors: 1 | 2, target: () => void, count: () => void): void; down(count: () => void): void; across(): void };

/**
 * Emits the loops over the tiles of a block: whole tiles of a column in one call, then what is left of it by way of the scratch area, as are columns that are not whole.
 * Changes c and columns. `left` counts the rows from a tile on.
 */
export function overTiles(f: Code, height: number, { rows, columns, c, cRow, accumulate }: Block, left: I32, part: number, pass: Pass): void {
  const pc = f.local("i32"), whole = f.local("i32"), below = (count: () => void) => {
    pass.down(count);
    f.get(pc).get(cRow).i32(height).op("i32.mul");
    count();
    f.op("i32.mul").op("i32.add").set(pc).get(left).i32(height);
    count();
    f.op("i32.mul").op("i32.sub").set(left);
  };
  f.while(() => f.get(columns).i32(0).op("i32.gt_s"), () => {
    f.get(c).set(pc).get(rows).set(left);
    pass.begin();
    f.get(rows).i32(height).op("i32.ge_s").get(columns).i32(TILE_COLUMNS).op("i32.ge_s").op("i32.and").if(() => {
      f.get(rows).i32(height).op("i32.div_u").set(whole);
      pass.call(2, () => f.get(pc).get(cRow).get(accumulate), () => f.get(whole));
      below(() => f.get(whole));
    });
    f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
      const aside = (vectors: 1 | 2) => pass.call(vectors, () => f.own(SCRATCH).i32(ROOM_ROW).i32(0), () => f.i32(1));
      f.get(columns).i32(4).op("i32.gt_s").if(() => aside(2), () => aside(1));
      f.own(SCRATCH).get(pc).get(cRow).i32(4);
      atMost(f, left, height);
      atMost(f, columns, TILE_COLUMNS).get(accumulate).call(part);
      below(() => f.i32(1));
    });
    pass.across();
    f.increment(c, 4 * TILE_COLUMNS).increment(columns, -TILE_COLUMNS);
  });
}

/** Bytes between the rows of a tile in the scratch area. */
export const ROOM_ROW: number = 4 * TILE_COLUMNS;

/** Adds `part(from, c, cRow, cColumn, rows, columns, accumulate)`: stores a part of a tile that is whole in the scratch area, from an element of it on. */
export function addPart(module: Module): number {
  return module.func("part", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, from, c, cRow, cColumn, rows, columns, accumulate) => {
    const at = f.local("i32"), to = f.local("i32"), left = f.local("i32"), value = f.local("v128");
    const byVectors = () => f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
      f.get(at).memory("v128.load").set(value);
      f.get(accumulate).if(() => f.get(value).get(to).memory("v128.load").op("f32x4.add").set(value));
      f.get(left).i32(4).op("i32.lt_s").if(() => storePartly(f, "float32", to, value, left), () => f.get(to).get(value).memory("v128.store"));
      f.increment(at, 16).increment(to, 16).increment(left, -4);
    });
    const byElements = () => f.while(() => f.get(left), () => {
      f.get(accumulate).if(() => f.get(at).get(at).memory("f32.load").get(to).memory("f32.load").op("f32.add").memory("f32.store"));
      f.get(to).get(at).memory("f32.load").memory("f32.store");
      f.increment(at, 4).get(to).get(cColumn).op("i32.add").set(to).increment(left, -1);
    });
    f.while(() => f.get(rows).i32(0).op("i32.gt_s"), () => {
      f.get(from).set(at).get(c).set(to).get(columns).set(left);
      f.get(cColumn).i32(4).op("i32.eq").if(byVectors, byElements);
      f.increment(from, ROOM_ROW).get(c).get(cRow).op("i32.add").set(c).increment(rows, -1);
    });
  });
}
