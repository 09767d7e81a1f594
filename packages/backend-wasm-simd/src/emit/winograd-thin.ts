/** @file Emits products of planes of few channels: a column of tiles stays in registers while the filters go past. */
import type { Module } from "../asm/module.ts";
import type { Code, Local } from "../asm/code.ts";
import { multiplyAdd } from "./multiply-add.ts";
import { TILE_COLUMNS } from "./tile.ts";

/** The numbers of channels for which there is such a product: of fewer the plain way is as fast, of more the tiles do not fit into registers. */
export const THIN: readonly number[] = [3, 4];

/** Filters of one turn. */
const TOGETHER = 2;

/** Adds `thin3`, `thin4`: (filters, tiles, u, uLine, v, vLine, w, wLine). Lines of v and w have room for whole columns of tiles. */
export const addThin = (module: Module, relaxed: boolean): readonly number[] => THIN.map((channels) =>
  module.func(`thin${channels}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, filters, tiles, u, uLine, v, vLine, w, wLine) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"), at = f.local("i32"), weight = f.local("v128");
    const x = Array.from({ length: channels }, () => [f.local("v128"), f.local("v128")] as const), sums = Array.from({ length: TOGETHER }, () => [f.local("v128"), f.local("v128")] as const);
    const filter = (sum: readonly [Local<"v128">, Local<"v128">]): Code => {
      x.forEach((vectors, c) => {
        f.get(from).memory("v128.load32_splat", 4 * c).set(weight);
        vectors.forEach((vector, k) => {
          if (c === 0) f.get(weight).get(vector).op("f32x4.mul").set(sum[k]!);
          else multiplyAdd(f, relaxed, weight, vector, sum[k]!);
        });
      });
      sum.forEach((value, k) => f.get(to).get(value).memory("v128.store", 16 * k));
      return f.get(from).get(uLine).op("i32.add").set(from).get(to).get(wLine).op("i32.add").set(to);
    };
    f.while(() => f.get(tiles).i32(0).op("i32.gt_s"), () => {
      f.get(v).set(at);
      for (const vectors of x) {
        vectors.forEach((vector, k) => f.get(at).memory("v128.load", 16 * k).set(vector));
        f.get(at).get(vLine).op("i32.add").set(at);
      }
      f.get(u).set(from).get(w).set(to).get(filters).set(left);
      f.while(() => f.get(left).i32(TOGETHER).op("i32.ge_s"), () => {
        for (const sum of sums) filter(sum);
        f.increment(left, -TOGETHER);
      });
      f.while(() => f.get(left), () => filter(sums[0]!).increment(left, -1));
      f.increment(v, 4 * TILE_COLUMNS).increment(w, 4 * TILE_COLUMNS).increment(tiles, -TILE_COLUMNS);
    });
  }));
