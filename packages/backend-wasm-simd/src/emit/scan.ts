/** @file Emits the kernels of `scan`: rows of any step, one element after the other. Floats are accumulated in float64. */
import type { DType, ScanOp } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";

/**
 * `(rows, length, x, xRow, xStep, y, yRow, yStep, output, outputRow, outputStep, first, next)`: counts in elements, addresses and
 * strides in bytes; `first` is the position of a row's first element, and `next` leads to the next. `y` is read by "recurrence" alone.
 */
export type ScanRun = (...args: number[]) => number;

/** What a kernel does at the start of a row, and at each element: it leaves the result in the output. */
type Scanner = (f: Code, places: { readonly x: Local<"i32">; readonly y: Local<"i32">; readonly output: Local<"i32">; readonly at: Local<"i32"> }) =>
  { readonly start: () => void; readonly step: () => void };

const total = (op: "sum" | "prod", isFloat: boolean): Scanner => (f, { x, output }) => {
  if (!isFloat) {
    const value = f.local("i32");
    return {
      start: () => { f.i32(op === "sum" ? 0 : 1).set(value); },
      step: () => { f.get(output).get(value).get(x).memory("i32.load").op(op === "sum" ? "i32.add" : "i32.mul").tee(value).memory("i32.store"); },
    };
  }
  const value = f.local("f64");
  return {
    start: () => { f.f64(op === "sum" ? 0 : 1).set(value); },
    step: () => {
      f.get(output).get(value).get(x).memory("f32.load").op("f64.promote_f32").op(op === "sum" ? "f64.add" : "f64.mul").tee(value);
      f.op("f32.demote_f64").memory("f32.store");
    },
  };
};

const extremum = (op: "max" | "min", isFloat: boolean): Scanner => (f, { x, output, at }) => {
  const found = f.local("i32"), best = f.local(isFloat ? "f32" : "i32"), value = f.local(isFloat ? "f32" : "i32");
  return {
    start: () => {
      if (isFloat) f.f64(op === "max" ? -Infinity : Infinity).op("f32.demote_f64").set(best);
      else f.i32(op === "max" ? -2147483648 : 2147483647).set(best);
    },
    step: () => {
      f.get(x).memory(isFloat ? "f32.load" : "i32.load").tee(value).get(best);
      if (isFloat) f.op(op === "max" ? "f32.ge" : "f32.le").get(value).get(value).op("f32.ne").op("i32.or");
      else f.op(op === "max" ? "i32.ge_s" : "i32.le_s");
      f.if(() => { f.get(value).set(best).get(at).set(found); });
      f.get(output).get(found).memory("i32.store");
    },
  };
};

const recurrence: Scanner = (f, { x, y, output }) => {
  const value = f.local("f64"), factor = f.local("f64"), isLater = f.local("i32");
  return {
    start: () => { f.f64(0).set(value).i32(0).set(isLater); },
    step: () => {
      // The first is b alone: 0 times an infinite a would be NaN.
      f.f64(0).set(factor);
      f.get(isLater).if(() => { f.get(x).memory("f32.load").op("f64.promote_f32").set(factor); });
      f.i32(1).set(isLater);
      f.get(output).get(factor).get(value).op("f64.mul").get(y).memory("f32.load").op("f64.promote_f32").op("f64.add").tee(value);
      f.op("f32.demote_f64").memory("f32.store");
    },
  };
};

function scannerOf(op: ScanOp, dtype: DType): Scanner {
  const isFloat = dtype === "float32";
  switch (op) {
    case "sum": case "prod": return total(op, isFloat);
    case "max": case "min": return extremum(op, isFloat);
    case "recurrence": return recurrence;
  }
}

export function emitScan(engine: Engine, dtype: DType, op: ScanOp): ScanRun {
  const module = new Module();
  const parameters = Array.from({ length: 13 }, () => "i32" as const);
  module.func("run", parameters, [], (f, ...given) => {
    const [rows, length, x, xRow, xStep, y, yRow, yStep, output, outputRow, outputStep, first, next] = given;
    const [xAt, yAt, outputAt, at, left] = Array.from({ length: 5 }, () => f.local("i32"));
    const add = (to: Local<"i32">, amount: Local<"i32">) => f.get(to).get(amount).op("i32.add").set(to);
    const scanner = scannerOf(op, dtype)(f, { x: xAt, y: yAt, output: outputAt, at });
    f.loop((nextRow) => {
      f.get(x).set(xAt).get(y).set(yAt).get(output).set(outputAt).get(first).set(at).get(length).set(left);
      scanner.start();
      f.loop((again) => {
        scanner.step();
        add(xAt, xStep);
        if (op === "recurrence") add(yAt, yStep);
        add(outputAt, outputStep);
        if (op === "max" || op === "min") add(at, next);
        f.get(left).i32(1).op("i32.sub").tee(left).branchIf(again);
      });
      add(x, xRow);
      add(y, yRow);
      add(output, outputRow);
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
    });
  });
  return engine.link<"run">(module).run;
}
