/** @file Emits the copy kernels: rows of bytes, planes of strided elements, 4x4 transposes. Which one runs is kernels/copy.ts. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { MemoryOp } from "../asm/opcodes.ts";

export type CopyName = "rows" | "fill4" | "plane4" | "plane2" | "plane1" | "transpose4";

export function copyModule(): Module {
  const module = new Module();
  /** Copies `rows` rows of `bytes` bytes. */
  module.func("rows", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, bytes, source, sourceRow, target, targetRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
    f.loop((again) => {
      f.get(bytes).i32(1024).op("i32.ge_u").if(() => f.get(target).get(source).get(bytes).memoryCopy(), () => {
        f.get(source).set(from).get(target).set(to).get(bytes).set(left);
        const some = (size: number, load: MemoryOp, save: MemoryOp, times: number = 1) => f.while(() => f.get(left).i32(size * times).op("i32.ge_u"), () => {
          for (let at = 0; at < size * times; at += size) f.get(to).get(from).memory(load, at).memory(save, at);
          f.increment(from, size * times).increment(to, size * times).increment(left, -size * times);
        });
        some(16, "v128.load", "v128.store", 4);
        some(16, "v128.load", "v128.store");
        f.get(bytes).i32(16).op("i32.ge_u").if(
          // the last vector may begin amid what is copied
          () => f.get(left).if(() => f.get(to).get(left).op("i32.add").i32(16).op("i32.sub").get(from).get(left).op("i32.add").i32(16).op("i32.sub").memory("v128.load").memory("v128.store")),
          () => {
            some(4, "i32.load", "i32.store");
            some(1, "i32.load8_u", "i32.store8");
          });
      });
      f.get(source).get(sourceRow).op("i32.add").set(source).get(target).get(targetRow).op("i32.add").set(target);
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(again);
    });
  });

  /** (rows, columns, source, sourceRow, target, targetRow): rows of adjacent words, in each the one word of the source again and again. */
  module.func("fill4", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, columns, source, sourceRow, target, targetRow) => {
    const value = f.local("v128"), to = f.local("i32"), left = f.local("i32");
    f.while(() => f.get(rows), () => {
      f.get(source).memory("v128.load32_splat").set(value).get(target).set(to).get(columns).set(left);
      for (const lanes of [16, 4])
        f.while(() => f.get(left).i32(lanes).op("i32.ge_u"), () => {
          for (let at = 0; at < lanes; at += 4) f.get(to).get(value).memory("v128.store", 4 * at);
          f.increment(to, 4 * lanes).increment(left, -lanes);
        });
      f.while(() => f.get(left), () => f.get(to).get(value).memoryLane("v128.store32_lane", 0).increment(to, 4).increment(left, -1));
      f.get(source).get(sourceRow).op("i32.add").set(source).get(target).get(targetRow).op("i32.add").set(target).increment(rows, -1);
    });
  });

  for (const [name, load, save] of [["plane4", "i32.load", "i32.store"], ["plane2", "i32.load16_u", "i32.store16"], ["plane1", "i32.load8_u", "i32.store8"]] as const)
    module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, ...p) => plane(f, load, save, ...p));

  /** Rows and columns are multiples of 4; source elements of one column are adjacent, target elements of one row. */
  module.func("transpose4", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, columns, source, sourceColumn, target, targetRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"), pointer = f.local("i32");
    const x = [0, 1, 2, 3].map(() => f.local("v128"));
    f.loop((nextColumns) => {
      f.get(source).set(from).get(target).set(to).get(rows).set(left);
      f.loop((again) => {
        f.get(from).set(pointer);
        x.forEach((v) => f.get(pointer).memory("v128.load").set(v).get(pointer).get(sourceColumn).op("i32.add").set(pointer));
        transpose(f, x);
        x.forEach((v) => f.get(to).get(v).memory("v128.store").get(to).get(targetRow).op("i32.add").set(to));
        f.increment(from, 16).get(left).i32(4).op("i32.sub").tee(left).branchIf(again);
      });
      f.get(source).get(sourceColumn).i32(2).op("i32.shl").op("i32.add").set(source).increment(target, 16);
      f.get(columns).i32(4).op("i32.sub").tee(columns).branchIf(nextColumns);
    });
  });
  return module;
}

function plane(
  f: Code, load: MemoryOp, save: MemoryOp, rows: Local<"i32">, columns: Local<"i32">, source: Local<"i32">, sourceRow: Local<"i32">,
  sourceColumn: Local<"i32">, target: Local<"i32">, targetRow: Local<"i32">, targetColumn: Local<"i32">): void {
  const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  f.loop((nextRow) => {
    f.get(source).set(from).get(target).set(to).get(columns).set(left);
    f.loop((again) => {
      f.get(to).get(from).memory(load).memory(save);
      f.get(from).get(sourceColumn).op("i32.add").set(from).get(to).get(targetColumn).op("i32.add").set(to);
      f.get(left).i32(1).op("i32.sub").tee(left).branchIf(again);
    });
    f.get(source).get(sourceRow).op("i32.add").set(source).get(target).get(targetRow).op("i32.add").set(target);
    f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
  });
}

/** Turns four rows of four lanes into their columns. */
export function transpose(f: Code, x: readonly Local<"v128">[]): void {
  const [a, b, c, d] = [0, 1, 2, 3].map(() => f.local("v128"));
  f.get(x[0]).get(x[1]).shuffle(0, 4, 1, 5).set(a).get(x[0]).get(x[1]).shuffle(2, 6, 3, 7).set(b);
  f.get(x[2]).get(x[3]).shuffle(0, 4, 1, 5).set(c).get(x[2]).get(x[3]).shuffle(2, 6, 3, 7).set(d);
  f.get(a).get(c).shuffle(0, 1, 4, 5).set(x[0]).get(a).get(c).shuffle(2, 3, 6, 7).set(x[1]);
  f.get(b).get(d).shuffle(0, 1, 4, 5).set(x[2]).get(b).get(d).shuffle(2, 3, 6, 7).set(x[3]);
}
