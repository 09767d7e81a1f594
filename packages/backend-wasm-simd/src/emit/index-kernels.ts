/** @file Emits the kernels that move elements by index: the range check, gather, scatter. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { MemoryOp, PlainOp } from "../asm/opcodes.ts";

export type IndexName = "check" | "gather4" | "gather2" | "gather1" | "set4" | "set2" | "set1" | "addFloat" | "addInt" | "or1";

/**
 * `check(count, indices, size)` gives the position of the first of `count` adjacent indices that is out of range, or -1.
 * The others take (rows, columns, index, indexRow, indexColumn, near, nearRow, nearColumn, far, farRow, farColumn, step):
 * element (r, c) of `near` meets that of `far` at (r, c) plus its index times `step`. Gather reads far, the others write it.
 */
export function indexModule(): Module {
  const module = new Module();
  module.func("check", ["i32", "i32", "i32"], ["i32"], (f, count, indices, size) => {
    const at = f.local("i32"), sizes = f.local("v128");
    // as unsigned numbers, negative indices are large
    f.get(size).op("i32x4.splat").set(sizes);
    f.block((found) => f.while(() => f.get(at).i32(4).op("i32.add").get(count).op("i32.lt_u"), () => {
      f.get(indices).memory("v128.load").get(sizes).op("i32x4.ge_u").op("v128.any_true").branchIf(found).increment(indices, 16).increment(at, 4);
    }));
    f.loop((again) => {
      f.get(indices).memory("i32.load").get(size).op("i32.ge_u").if(() => f.get(at).op("return"));
      f.increment(indices, 4).increment(at, 1).get(at).get(count).op("i32.lt_u").branchIf(again);
    });
    f.i32(-1);
  });
  type Mover = (f: Code, near: Local<"i32">, far: Local<"i32">) => void;
  const move = (name: IndexName, mover: Mover) =>
    module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, ...parameters) => {
      const [rows, columns, index, indexRow, indexColumn, near, nearRow, nearColumn, far, farRow, farColumn, step] = parameters;
      const i = f.local("i32"), n = f.local("i32"), o = f.local("i32"), left = f.local("i32"), element = f.local("i32");
      const add = (to: Local<"i32">, amount: Local<"i32">) => f.get(to).get(amount).op("i32.add").set(to);
      f.loop((nextRow) => {
        f.get(index).set(i).get(near).set(n).get(far).set(o).get(columns).set(left);
        f.loop((again) => {
          f.get(o).get(i).memory("i32.load").get(step).op("i32.mul").op("i32.add").set(element);
          mover(f, n, element);
          add(i, indexColumn);
          add(n, nearColumn);
          add(o, farColumn);
          f.get(left).i32(1).op("i32.sub").tee(left).branchIf(again);
        });
        add(index, indexRow);
        add(near, nearRow);
        add(far, farRow);
        f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
      });
    });
  const gather = (load: MemoryOp, save: MemoryOp): Mover => (f, near, far) => f.get(near).get(far).memory(load).memory(save);
  const set = (load: MemoryOp, save: MemoryOp): Mover => (f, near, far) => f.get(far).get(near).memory(load).memory(save);
  const combine = (load: MemoryOp, save: MemoryOp, op: PlainOp): Mover => (f, near, far) =>
    f.get(far).get(far).memory(load).get(near).memory(load).op(op).memory(save);
  move("gather4", gather("i32.load", "i32.store"));
  move("gather2", gather("i32.load16_u", "i32.store16"));
  move("gather1", gather("i32.load8_u", "i32.store8"));
  move("set4", set("i32.load", "i32.store"));
  move("set2", set("i32.load16_u", "i32.store16"));
  move("set1", set("i32.load8_u", "i32.store8"));
  move("addFloat", combine("f32.load", "f32.store", "f32.add"));
  move("addInt", combine("i32.load", "i32.store", "i32.add"));
  move("or1", combine("i32.load8_u", "i32.store8", "i32.or"));
  return module;
}

export type SliceName = "gather" | "set" | "addFloat";

/**
 * The same for indices that hold for whole rows of adjacent words:
 * (rows, words, index, indexRow, near, nearRow, far, farRow, step). `gather`, `set` and `addFloat` as above.
 */
export function sliceModule(): Module {
  const module = new Module();
  for (const name of ["gather", "set", "addFloat"] as const)
    module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, words, index, indexRow, near, nearRow, far, farRow, step) => {
      const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"); // in near, in far
      const one = (bytes: number, load: MemoryOp, save: MemoryOp, add: PlainOp) => {
        f.get(name === "gather" ? from : to);
        if (name === "addFloat") f.get(to).memory(load).get(from).memory(load).op(add);
        else f.get(name === "gather" ? to : from).memory(load);
        f.memory(save).increment(from, bytes).increment(to, bytes).increment(left, -bytes / 4);
      };
      f.loop((nextRow) => {
        f.get(near).set(from).get(far).get(index).memory("i32.load").get(step).op("i32.mul").op("i32.add").set(to).get(words).set(left);
        f.while(() => f.get(left).i32(4).op("i32.ge_u"), () => one(16, "v128.load", "v128.store", "f32x4.add"));
        f.while(() => f.get(left), () => one(4, name === "addFloat" ? "f32.load" : "i32.load", name === "addFloat" ? "f32.store" : "i32.store", "f32.add"));
        f.get(index).get(indexRow).op("i32.add").set(index);
        f.get(near).get(nearRow).op("i32.add").set(near).get(far).get(farRow).op("i32.add").set(far);
        f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
      });
    });
  return module;
}
