/** @file Emits the reading of four float32 elements that lie at one distance from each other. */
import type { Code, Local } from "../asm/code.ts";

/** How elements lie: adjacent, every second one, or anyhow. */
export type Spacing = "adjacent" | "second" | "any";
/** @param stride in elements */
export const spacingOf = (stride: number): Spacing => (stride === 1 ? "adjacent" : stride === 2 ? "second" : "any");

type I32 = Local<"i32">;

/**
 * Leaves the four elements from an address on. Where they lie anyhow, `step` is their distance in bytes, and the address, which is in a local, becomes that of the
 * last; else they may lie some bytes `further`.
 */
export function pushPlaces(f: Code, spacing: Spacing, at: I32, step: I32, further: number = 0): void {
  if (spacing === "adjacent") f.get(at).memory("v128.load", further);
  else if (spacing === "second") f.get(at).memory("v128.load", further).get(at).memory("v128.load", further + 16).shuffle(0, 2, 4, 6);
  else {
    f.get(at).memory("v128.load32_splat");
    for (let lane = 1; lane < 4; lane++) {
      f.get(at).get(step).op("i32.add").set(at);
      f.get(at).memory("f32.load").lane("f32x4.replace_lane", lane);
    }
  }
}
