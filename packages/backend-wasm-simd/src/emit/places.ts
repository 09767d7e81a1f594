/** @file Emits the reading of four float32 elements that lie at one distance from each other. */
import type { Code, Local } from "../asm/code.ts";

/** How elements lie: adjacent, every second one, or anyhow. */
export type Spacing = "adjacent" | "second" | "any";
/** @param stride in elements */
export const spacingOf = (stride: number): Spacing => (stride === 1 ? "adjacent" : stride === 2 ? "second" : "any");

type I32 = Local<"i32">;

/** Leaves the four elements from the address in a local on; changes the local. `step` is their distance in bytes, where they lie anyhow. */
export function pushPlaces(f: Code, spacing: Spacing, at: I32, step: I32): void {
  if (spacing === "adjacent") f.get(at).memory("v128.load");
  else if (spacing === "second") f.get(at).memory("v128.load").get(at).memory("v128.load", 16).shuffle(0, 2, 4, 6);
  else {
    f.get(at).memory("v128.load32_splat");
    for (let lane = 1; lane < 4; lane++) {
      f.get(at).get(step).op("i32.add").set(at);
      f.get(at).memory("f32.load").lane("f32x4.replace_lane", lane);
    }
  }
}
