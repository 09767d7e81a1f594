/** @file Emits the float32 kernel of windows with few terms: each line of the output is a sum of shifted lines of x. What is called is kernels/conv.ts. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";

/**
 * Addresses, strides and offsets count bytes. `lines`: (rows, width, terms, offsets, weights, x, xRow, xStep, out, outRow): element i of a row of the output,
 * whose elements are adjacent, is the sum over all terms of `weights[t]` times what lies `offsets[t] + i * xStep` after x.
 */
export type ConvKernels = { readonly lines: (...args: number[]) => number };

export function linkConv(engine: Engine): ConvKernels {
  const module = new Module();
  module.func("lines", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, terms, offsets, weights, x, xRow, xStep, out, outRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
    const line = { terms, offsets, weights, from, to };
    f.while(() => f.get(rows), () => {
      f.get(x).set(from).get(out).set(to).get(width).set(left);
      f.get(xStep).i32(4).op("i32.eq").if(() => {
        for (const lanes of [16, 4])
          f.while(() => f.get(left).i32(lanes).op("i32.ge_s"), () => {
            vectors(f, line, lanes / 4, engine.relaxed);
            f.increment(from, 4 * lanes).increment(to, 4 * lanes).increment(left, -lanes);
          });
      });
      f.while(() => f.get(left), () => {
        single(f, line);
        f.get(from).get(xStep).op("i32.add").set(from).increment(to, 4).increment(left, -1);
      });
      f.get(x).get(xRow).op("i32.add").set(x).get(out).get(outRow).op("i32.add").set(out).increment(rows, -1);
    });
  });
  return engine.link<keyof ConvKernels>(module);
}

type I32 = Local<"i32">;
type Line = { readonly terms: I32; readonly offsets: I32; readonly weights: I32; readonly from: I32; readonly to: I32 };

/** Runs `term` with the address of x for each term. */
function overTerms(f: Code, { terms, offsets, weights, from }: Line, term: (at: I32, weight: I32) => void): void {
  const offset = f.local("i32"), weight = f.local("i32"), left = f.local("i32"), at = f.local("i32");
  f.get(offsets).set(offset).get(weights).set(weight).get(terms).set(left);
  f.loop((again) => {
    f.get(from).get(offset).memory("i32.load").op("i32.add").set(at);
    term(at, weight);
    f.increment(offset, 4).increment(weight, 4).get(left).i32(1).op("i32.sub").tee(left).branchIf(again);
  });
}

function vectors(f: Code, line: Line, count: number, relaxed: boolean): void {
  const sums = Array.from({ length: count }, () => f.local("v128")), factor = f.local("v128");
  for (const sum of sums) f.floatConstant(0).set(sum);
  overTerms(f, line, (at, weight) => {
    f.get(weight).memory("v128.load32_splat").set(factor);
    sums.forEach((sum, k) => {
      if (relaxed) f.get(at).memory("v128.load", 16 * k).get(factor).get(sum).op("f32x4.relaxed_madd").set(sum);
      else f.get(sum).get(at).memory("v128.load", 16 * k).get(factor).op("f32x4.mul").op("f32x4.add").set(sum);
    });
  });
  sums.forEach((sum, k) => f.get(line.to).get(sum).memory("v128.store", 16 * k));
}

function single(f: Code, line: Line): void {
  const sum = f.local("f32");
  f.f64(0).op("f32.demote_f64").set(sum);
  overTerms(f, line, (at, weight) => f.get(sum).get(at).memory("f32.load").get(weight).memory("f32.load").op("f32.mul").op("f32.add").set(sum));
  f.get(line.to).get(sum).memory("f32.store");
}
