/** @file Emits products of a vector and a matrix, which read the matrix once in the order in which it lies. Which one runs is kernels/matmul.ts. */
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { multiplyAdd } from "./multiply-add.ts";

/**
 * Counts are in elements, strides and addresses in bytes; c gets a * b.
 * `dots`: (columns, depth, a, b, bColumn, c, cColumn): a and each column of b are adjacent along the depth.
 * `rows`: (columns, depth, a, aDepth, b, bDepth, c, accumulate): each row of b is adjacent, and c.
 */
export type VectorKernels = { readonly [N in "dots" | "rows"]: (...args: number[]) => number };

export function linkVectors(engine: Engine): VectorKernels {
  const module = new Module();
  dots(module, engine.relaxed);
  rows(module, engine.relaxed);
  return engine.link<keyof VectorKernels>(module);
}


/** Columns whose sums are in registers at once. */
const TOGETHER = 4;

function dots(module: Module, relaxed: boolean): void {
  module.func("dots", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, columns, depth, a, b, bColumn, c, cColumn) => {
    const pa = f.local("i32"), left = f.local("i32"), factors = [f.local("v128"), f.local("v128")], one = f.local("f32"), total = f.local("f32");
    const some = (count: number) => {
      const pb = Array.from({ length: count }, () => f.local("i32")), sums = pb.map(() => [f.local("v128"), f.local("v128")] as const), rest = pb.map(() => f.local("f32"));
      f.get(a).set(pa).get(depth).set(left);
      pb.forEach((pointer, j) => (j === 0 ? f.get(b) : f.get(pb[j - 1]).get(bColumn).op("i32.add")).set(pointer));
      for (const sum of sums.flat()) f.constant(0).set(sum);
      for (const sum of rest) f.f64(0).op("f32.demote_f64").set(sum);
      const step = (vectors: number) => {
        for (let v = 0; v < vectors; v++) f.get(pa).memory("v128.load", 16 * v).set(factors[v]);
        pb.forEach((pointer, j) => {
          for (let v = 0; v < vectors; v++) {
            f.get(pointer).memory("v128.load", 16 * v);
            multiplyAdd(f, relaxed, undefined, factors[v], sums[j][v]);
          }
          f.increment(pointer, 16 * vectors);
        });
        f.increment(pa, 16 * vectors).increment(left, -4 * vectors);
      };
      f.while(() => f.get(left).i32(8).op("i32.ge_s"), () => step(2));
      f.get(left).i32(4).op("i32.ge_s").if(() => step(1));
      f.while(() => f.get(left), () => {
        f.get(pa).memory("f32.load").set(one);
        pb.forEach((pointer, j) => f.get(rest[j]).get(pointer).memory("f32.load").get(one).op("f32.mul").op("f32.add").set(rest[j]).increment(pointer, 4));
        f.increment(pa, 4).increment(left, -1);
      });
      sums.forEach(([even, odd], j) => {
        f.get(even).get(odd).op("f32x4.add").set(even).get(rest[j]).set(total);
        for (let lane = 0; lane < 4; lane++) f.get(total).get(even).lane("f32x4.extract_lane", lane).op("f32.add").set(total);
        f.get(c).get(total).memory("f32.store").get(c).get(cColumn).op("i32.add").set(c);
      });
      f.get(b).get(bColumn).i32(count).op("i32.mul").op("i32.add").set(b).increment(columns, -count);
    };
    f.while(() => f.get(columns).i32(TOGETHER).op("i32.ge_s"), () => some(TOGETHER));
    f.while(() => f.get(columns), () => some(1));
  });
}

function rows(module: Module, relaxed: boolean): void {
  module.func("rows", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, columns, depth, a, aDepth, b, bDepth, c, accumulate) => {
    const left = f.local("i32"), to = f.local("i32");
    const some = (count: number) => {
      const pb = Array.from({ length: count }, () => f.local("i32")), factors = pb.map(() => f.local("v128")), sum = f.local("v128"), other = f.local("v128");
      pb.forEach((pointer, k) => {
        f.get(b).set(pointer).get(b).get(bDepth).op("i32.add").set(b);
        f.get(a).memory("v128.load32_splat").set(factors[k]).get(a).get(aDepth).op("i32.add").set(a);
      });
      const push = () => {
        f.get(accumulate).if(() => f.get(to).memory("v128.load").set(sum), () => f.constant(0).set(sum));
        f.constant(0).set(other);
        pb.forEach((pointer, k) => {
          f.get(pointer).memory("v128.load");
          multiplyAdd(f, relaxed, undefined, factors[k], k % 2 === 0 ? sum : other);
          f.increment(pointer, 16);
        });
        if (count > 1) f.get(sum).get(other).op("f32x4.add").set(sum);
      };
      f.get(c).set(to).get(columns).set(left);
      f.while(() => f.get(left).i32(4).op("i32.ge_s"), () => {
        push();
        f.get(to).get(sum).memory("v128.store").increment(to, 16).increment(left, -4);
      });
      f.get(left).if(() => {
        push();
        storePartly(f, "float32", to, sum, left);
      });
      f.i32(1).set(accumulate).increment(depth, -count);
    };
    f.while(() => f.get(depth).i32(TOGETHER).op("i32.ge_s"), () => some(TOGETHER));
    f.while(() => f.get(depth), () => some(1));
  });
}
