/** @file What this engine's WebAssembly can do, found by validating tiny modules, and by running one. */
import type { Code, Local } from "./code.ts";
import { Module } from "./module.ts";

function validates(body: (f: Code, x: Local<"v128">) => void): boolean {
  const probe = new Module();
  probe.func("f", ["v128"], ["v128"], body);
  return WebAssembly.validate(probe.bytes());
}

/** Fixed-width SIMD: without it this backend cannot exist. */
export const hasSimd = (): boolean => validates((f, x) => f.get(x).op("f32x4.sqrt"));

/**
 * Fused multiply-add and lane selection of the relaxed SIMD proposal: Node 22 and later, Chromium 114 and later. False where the processor has no such
 * instruction, and products and sums are rounded apart.
 */
export const hasRelaxedSimd = (): boolean => validates((f, x) => {
  f.get(x).get(x).get(x).op("f32x4.relaxed_madd").get(x).get(x).op("i32x4.relaxed_laneselect");
}) && roundsOnce();

function roundsOnce(): boolean {
  const probe = new Module(), memory = new WebAssembly.Memory({ initial: 0 }), thread = new WebAssembly.Global({ value: "i32" }, 0), x = 1 + 2 ** -12;
  probe.func("run", [], ["i32"], (f) => {
    // x^2 - (x^2 rounded) is 2^-24, or 0
    f.floatConstant(x).floatConstant(x).floatConstant(-Math.fround(x * x)).op("f32x4.relaxed_madd").op("v128.any_true");
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe.bytes()), { m: { m: memory, t: thread } });
  return (exports["run"] as () => number)() !== 0;
}

/**
 * 64-bit memories, which came with compilers that keep 15 vectors of a loop in registers: V8 13 does, V8 12 (Node 22) spills them. Kernels with so many
 * are for those; nothing here uses such a memory.
 */
export const hasMemory64 = (): boolean => WebAssembly.validate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 0]));
