/**
 * @file Emits what Winograd's way does with blocks of tiles, one after the other: transforms, sixteen products, and back. A call does whole blocks, so that what lies between
 * is one thread's. The transforms are emit/winograd.ts, the tables kernels/winograd.ts.
 */
import type { Code, Local } from "../asm/code.ts";
import type { Module } from "../asm/module.ts";
import { THREAD_BYTES } from "../memory.ts";
import { TILE_COLUMNS } from "./tile.ts";
import { THIN } from "./winograd-thin.ts";
import { BLOCK, bytesOf, COMMON, PLANES, PRODUCT } from "./winograd-tables.ts";

type I32 = Local<"i32">;
/** The numbers of the functions that blocks call. */
export type Parts = { readonly [N in "x" | "out" | "places" | "packLarge" | "packSmall" | "packColumns" | "large" | "small" | "largeStrided" | "smallStrided"]: number } & { /** For each number of channels in THIN. */ readonly thin: readonly number[] };

/**
 * `forward`: (common, blocks, count, x, u, y, made, products, productCount): `made` channels of y.
 * `backward`: (common, blocks, count, x, y, u, made, products, productCount): adds to u what `made` channels of y give.
 */
export function addBlocks(module: Module, parts: Parts): void {
  addWalk(module, "forward", (walk, u, y, made) => {
    const { f, push, own, block } = walk, [a, b, c] = walk.planes;
    walk.read();
    f.get(u).set(a);
    own("v").set(b);
    own("w").set(c);
    walk.eachPlane(["uPlane", "vPlane", "wPlane"], () => {
      THIN.forEach((channels, i) => push("channels").i32(channels).op("i32.eq").if(() => {
        f.get(made);
        block("tiles").get(a);
        push("uLine").get(b);
        push("vLine").get(c);
        push("wLine").call(parts.thin[i]!);
      }));
      walk.eachProduct(parts.largeStrided, parts.smallStrided, (one, kernel) => {
        one("rows");
        block("tiles");
        one("depth").get(a);
        one("a").op("i32.add");
        push("uLine").i32(4).get(b);
        one("b").op("i32.add");
        push("vLine").i32(4 * TILE_COLUMNS).get(c);
        one("c").op("i32.add");
        push("wLine");
        one("accumulate").call(kernel);
      });
    });
    f.get(made);
    block("segments", "count");
    own("w");
    push("wLine", "wPlane", "tileRow").get(y);
    push("yChannel", "yRow", "yWidth", "bias");
    own("check").call(parts.places);
  }, parts);
  addWalk(module, "backward", (walk, y, u, made) => {
    const { f, push, own, block } = walk, [a, b, c] = walk.planes;
    walk.read();
    f.get(made);
    block("segments", "count").get(y);
    push("yChannel", "yRow", "yWidth");
    f.i32(0);
    own("yRoom");
    push("yInPlace").op("select");
    push("roomRow").i32(0);
    push("fours");
    own("w");
    push("wLine", "wPlane", "tileRow").call(parts.out);
    own("w").set(a);
    own("v").set(b);
    f.get(u).set(c);
    walk.eachPlane(["wPlane", "vPlane", "uPlane"], () => {
      push("channels");
      block("tiles").get(b);
      push("vLine").i32(4);
      own("packedColumns").call(parts.packColumns);
      walk.eachProduct([parts.packLarge, parts.large], [parts.packSmall, parts.small], (one, [pack, kernel]) => {
        one("rows");
        block("tiles").get(a);
        one("a").op("i32.add");
        push("wLine").i32(4);
        own("packedRows").call(pack);
        one("rows");
        push("channels");
        block("tiles");
        own("packedRows");
        own("packedColumns").get(c);
        one("c").op("i32.add");
        push("uLine");
        one("accumulate").call(kernel);
      });
    });
  }, parts);
}

type Own = "xRoom" | "yRoom" | "v" | "w" | "packedRows" | "packedColumns" | "check";
/** What the body of a block emits with. Functions that leave words give back the code, to go on. */
type Walk = {
  readonly f: Code;
  /** Leaves words that all blocks have in common, or the block's. */
  push(...names: readonly (keyof typeof COMMON)[]): Code;
  block(...names: readonly (keyof typeof BLOCK)[]): Code;
  /** Leaves the address of something of the running thread's. */
  own(what: Own): Code;
  /** Reads x into the planes v. */
  read(): void;
  /** Where a, b and c of the running plane lie. */
  readonly planes: readonly [I32, I32, I32];
  eachPlane(steps: readonly [keyof typeof COMMON, keyof typeof COMMON, keyof typeof COMMON], run: () => void): void;
  /** Runs the body for each entry of the table of products, once with what is for large tiles, once with what is for small ones. */
  eachProduct<T>(large: T, small: T, run: (one: (name: keyof typeof PRODUCT) => Code, kernel: T) => void): void;
};

/** Adds a function whose body is emitted for one block. */
function addWalk(module: Module, name: "forward" | "backward", body: (walk: Walk, by: I32, to: I32, made: I32) => void, parts: Parts): void {
  module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, common, blocks, count, x, by, to, made, products, productCount) => {
    const area = f.local("i32"), plane = f.local("i32"), product = f.local("i32"), left = f.local("i32"), planes = [f.local("i32"), f.local("i32"), f.local("i32")] as const;
    const push: Walk["push"] = (...names) => names.reduce((code, word) => code.get(common).memory("i32.load", COMMON[word]), f);
    const block: Walk["block"] = (...names) => names.reduce((code, word) => code.get(blocks).memory("i32.load", BLOCK[word]), f);
    const own: Walk["own"] = (what) => push(what).get(area).op("i32.add");
    const walk: Walk = {
      f, push, block, own, planes,
      read() {
        push("channels");
        block("segments", "count").get(x);
        push("xChannel", "xRow", "xWidth");
        own("xRoom");
        push("roomRow", "xLeft", "fours");
        own("v");
        push("vLine", "vPlane", "tileRow").call(parts.x);
      },
      eachPlane(steps, run) {
        f.i32(PLANES).set(plane);
        f.while(() => f.get(plane), () => {
          run();
          planes.forEach((at, i) => push(steps[i]!).get(at).op("i32.add").set(at));
          f.increment(plane, -1);
        });
      },
      eachProduct(large, small, run) {
        const one = (word: keyof typeof PRODUCT): Code => f.get(product).memory("i32.load", PRODUCT[word]);
        f.get(products).set(product).get(productCount).set(left);
        f.while(() => f.get(left), () => {
          one("isLarge").if(() => run(one, large), () => run(one, small));
          f.increment(product, bytesOf(PRODUCT)).increment(left, -1);
        });
      },
    };
    f.thread().i32(THREAD_BYTES).op("i32.div_u");
    push("areaBytes").op("i32.mul");
    push("areas").op("i32.add").set(area);
    f.while(() => f.get(count), () => {
      body(walk, by, to, made);
      f.increment(blocks, bytesOf(BLOCK)).increment(count, -1);
    });
  });
}
