/**
 * @file Emits whole products as calls that pack for themselves, block by block of the depth: what is packed stays in the cache of the thread that reads it. What is called,
 * and on which part of what, is kernels/blocks.ts.
 */
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { THREAD_BYTES } from "../memory.ts";
import { storePartly } from "./body.ts";
import { addMatmul } from "./matmul.ts";

/**
 * `columns`, `windows`: (depth, most, large, small, n, a, aRow, aDepth, b, bColumns, bDepth, rooms, roomBytes, roomForB, to, toRow): of each `most` steps of the depth a product of
 * `large` rows by large tiles and `small` ones by small tiles, one below the other. b is packed by strides, or as `packWindows` does it, by tables.
 * `addUp`: (count, rows, columns, parts, c, cRow): c becomes the sum of the parts, added in their order.
 */
export type DeepKernels = { readonly [N in "columns" | "windows" | "addUp"]: (...args: number[]) => number };

export function linkDeep(engine: Engine): DeepKernels {
  const module = new Module(), parts = addMatmul(module, engine);
  for (const name of ["columns", "windows"] as const)
    module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
      (f, depth, most, large, small, n, a, aRow, aDepth, b, bColumns, bDepth, rooms, roomBytes, roomForB, to, toRow) => {
        const some = f.local("i32"), room = f.local("i32"), packed = f.local("i32"), smallA = f.local("i32");
        f.thread().i32(THREAD_BYTES).op("i32.div_u").get(roomBytes).op("i32.mul").get(rooms).op("i32.add").set(room).get(room).get(roomForB).op("i32.add").set(packed);
        const belowLarge = (from: typeof a, row: () => void) => {
          f.get(from).get(large);
          row();
          return f.op("i32.mul").op("i32.add");
        };
        f.while(() => f.get(depth).i32(0).op("i32.gt_s"), () => {
          f.get(depth).get(most).get(depth).get(most).op("i32.lt_s").op("select").set(some);
          belowLarge(room, () => f.get(some).i32(2).op("i32.shl")).set(smallA);
          f.get(n).get(some).get(b).get(bColumns).get(bDepth).get(packed).call(name === "columns" ? parts.packColumns : parts.packWindows);
          f.get(large).if(() => {
            f.get(large).get(some).get(a).get(aRow).get(aDepth).get(room).call(parts.packLarge);
            f.get(large).get(n).get(some).get(room).get(packed).get(to).get(toRow).i32(0).call(parts.large);
          });
          f.get(small).if(() => {
            f.get(small).get(some);
            belowLarge(a, () => f.get(aRow)).get(aRow).get(aDepth).get(smallA).call(parts.packSmall);
            f.get(small).get(n).get(some).get(smallA).get(packed);
            belowLarge(to, () => f.get(toRow)).get(toRow).i32(0).call(parts.small);
          });
          f.get(a).get(some).get(aDepth).op("i32.mul").op("i32.add").set(a);
          if (name === "columns") f.get(b).get(some).get(bDepth).op("i32.mul").op("i32.add").set(b);
          else f.get(bDepth).get(some).i32(2).op("i32.shl").op("i32.add").set(bDepth);
          f.get(to).get(large).get(small).op("i32.add").get(toRow).op("i32.mul").op("i32.add").set(to);
          f.get(depth).get(some).op("i32.sub").set(depth);
        });
      });
  module.func("addUp", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, count, rows, columns, from, c, cRow) => {
    const to = f.local("i32"), left = f.local("i32"), row = f.local("i32"), more = f.local("i32"), at = f.local("i32"), part = f.local("i32"), sum = f.local("v128");
    f.get(rows).get(columns).op("i32.mul").i32(2).op("i32.shl").set(part).get(rows).set(row);
    f.while(() => f.get(row), () => {
      f.get(c).set(to).get(columns).set(left);
      f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
        f.get(from).set(at).get(at).memory("v128.load").set(sum).get(count).set(more);
        f.while(() => f.increment(more, -1).get(more), () => f.get(at).get(part).op("i32.add").set(at).get(sum).get(at).memory("v128.load").op("f32x4.add").set(sum));
        f.get(left).i32(4).op("i32.ge_s").if(() => f.get(to).get(sum).memory("v128.store"), () => storePartly(f, "float32", to, sum, left));
        // the next row of a part follows
        f.get(from).get(left).i32(4).get(left).i32(4).op("i32.lt_s").op("select").i32(2).op("i32.shl").op("i32.add").set(from).increment(to, 16).increment(left, -4);
      });
      f.get(c).get(cRow).op("i32.add").set(c).increment(row, -1);
    });
  });
  return engine.link<keyof DeepKernels>(module);
}
