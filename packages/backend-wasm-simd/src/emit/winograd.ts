/**
 * @file Emits the transforms of Winograd's convolution with windows of three by three: of x, of the output, of the filter, and of their gradients. What is called,
 * and the products between them, are kernels/winograd.ts. (Lavin and Gray, https://arxiv.org/abs/1509.09308)
 */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { addLay } from "./lay.ts";
import { addMatmul } from "./matmul.ts";
import { addBlocks } from "./winograd-blocks.ts";
import { addThin } from "./winograd-thin.ts";
import { bytesOf, SEEN, SEGMENT, TILE } from "./winograd-tables.ts";

type I32 = Local<"i32">;
type V128 = Local<"v128">;

/**
 * Strides and addresses in bytes; elements of rows of x and of the output are adjacent. Places in planes are tiles, one after the other, over all segments.
 * `filters`: (filters, channels, from, to, toFilter, toPlane): dense windows to planes. Four channels at a time are read and written.
 * `windows`: (filters, channels, from, fromFilter, fromPlane, to, toFilter, toPlane, check): planes of sums to the nine planes of the filter's gradient.
 * `forward`, `backward`: blocks of tiles, see winograd-blocks.ts, by way of
 * `x`, `out`: (channels, segments, count, from, channel, row, width, room, roomRow, left, groups, to, toChannel, toPlane, toRow): tiles of x, and of the output's gradient,
 * to planes, by way of rows in `room`, which begin `left` bytes after it, amid zeros, or without that where room is 0; groups of four tiles make a row; and
 * `places`: (channels, segments, count, from, fromChannel, fromPlane, fromRow, to, channel, row, width, bias, check): planes to places of the output, to which the number of their channel is added.
 * `check` is where four sums of all results lie: they are finite only if the results are.
 */
export type WinogradKernels = { readonly [N in "filters" | "windows" | "forward" | "backward"]: (...args: number[]) => number };

export function linkWinograd(engine: Engine): WinogradKernels {
  const module = new Module(), lay = addLay(module), products = addMatmul(module, engine);
  const x = addTurned(module, "x", lay, addTurnedX(module)), out = addTurned(module, "out", lay, addTurnedOut(module)), places = addPlaces(module);
  addFilters(module);
  addWindows(module);
  addBlocks(module, { ...products, thin: addThin(module, engine.relaxed), x, out, places });
  return engine.link<keyof WinogradKernels>(module);
}

/** A loop over channels and segments round `turn(room, roomRow, tileRows, groups, to, toPlane, toRow)`. */
function addTurned(module: Module, name: "x" | "out", lay: number, turn: number): number {
  return module.func(
    name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, channels, segments, count, from, channel, row, width, room, roomRow, left, groups, to, toChannel, toPlane, toRow) => {
      const segment = f.local("i32"), rest = f.local("i32"), target = f.local("i32"), field = (key: keyof typeof SEGMENT) => f.get(segment).memory("i32.load", SEGMENT[key]);
      f.while(() => f.get(channels), () => {
        f.get(segments).set(segment).get(count).set(rest).get(to).set(target);
        f.while(() => f.get(rest), () => {
          const turned = (row_: I32) => {
            f.get(row_);
            field("tileRows").get(groups).get(target).get(toPlane).get(toRow).call(turn);
          };
          const byWayOfRoom = () => {
            field("tileRows").i32(1).op("i32.shl").i32(name === "x" ? SEEN - TILE : 0).op("i32.add");
            if (name === "x") {
              field("first");
              field("last");
              field("x");
            } else {
              f.i32(0);
              field("rows");
              field("out");
            }
            f.get(from).op("i32.add").get(row).get(width).get(room).get(left).op("i32.add").get(roomRow).call(lay);
            f.get(room);
            turned(roomRow);
          };
          f.get(room).if(byWayOfRoom, () => {
            field(name).get(from).op("i32.add");
            turned(row);
          });
          field("tileRows").get(toRow).op("i32.mul").get(target).op("i32.add").set(target);
          f.increment(segment, bytesOf(SEGMENT)).increment(rest, -1);
        });
        f.get(from).get(channel).op("i32.add").set(from).get(to).get(toChannel).op("i32.add").set(to).increment(channels, -1);
      });
    });
}

const row4 = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/** B'dB of four tiles at a time. Those beyond a row are what lies there; the next row is written over them. */
function addTurnedX(module: Module): number {
  return module.func("turnX", row4, [], (f, room, roomRow, tileRows, groups, to, toPlane, toRow) => {
    const seen = Array.from({ length: SEEN }, () => f.local("i32")), plane = f.local("i32"), at = f.local("i32"), left = f.local("i32");
    const down = Array.from({ length: SEEN }, () => [f.local("v128"), f.local("v128"), f.local("v128")] as const), x = Array.from({ length: SEEN }, () => f.local("v128"));
    f.while(() => f.get(tileRows), () => {
      seen.forEach((pointer, r) => (r === 0 ? f.get(room) : f.get(seen[r - 1]).get(roomRow).op("i32.add")).set(pointer));
      f.get(to).set(at).get(groups).set(left);
      f.while(() => f.get(left), () => {
        for (let v = 0; v < 3; v++) {
          x.forEach((value, r) => f.get(seen[r]).memory("v128.load", 16 * v).set(value));
          seenFrom(f, x, down.map((row) => row[v]));
        }
        f.get(at).set(plane);
        for (const [a, b, c] of down) {
          f.get(a).get(b).shuffle(0, 2, 4, 6).set(x[0]).get(a).get(b).shuffle(1, 3, 5, 7).set(x[1]);
          f.get(x[0]).get(c).shuffle(1, 2, 3, 4).set(x[2]).get(x[1]).get(c).shuffle(1, 2, 3, 5).set(x[3]);
          seenFrom(f, x, undefined, (push) => {
            f.get(plane);
            push();
            f.memory("v128.store").get(plane).get(toPlane).op("i32.add").set(plane);
          });
        }
        for (const pointer of seen) f.increment(pointer, 8 * SEEN);
        f.increment(at, 16).increment(left, -1);
      });
      f.get(room).get(roomRow).i32(1).op("i32.shl").op("i32.add").set(room).get(to).get(toRow).op("i32.add").set(to).increment(tileRows, -1);
    });
  });
}

/** B'd: x0 - x2, x1 + x2, x2 - x1, x3 - x1. */
function seenFrom(f: Code, x: readonly V128[], to: readonly V128[] | undefined, each: (push: () => void, i: number) => void = (push, i) => { push(); f.set(to![i]); }): void {
  ([[0, "sub", 2], [1, "add", 2], [2, "sub", 1], [3, "sub", 1]] as const).forEach(([a, op, b], i) => each(() => f.get(x[a]).get(x[b]).op(`f32x4.${op}`), i));
}

/** AyA' of four tiles at a time, of the same layout: A has the rows 1 0, 1 1, 1 -1, 0 1. */
function addTurnedOut(module: Module): number {
  return module.func("turnOut", row4, [], (f, room, roomRow, tileRows, groups, to, toPlane, toRow) => {
    const rows = [f.local("i32"), f.local("i32")], plane = f.local("i32"), at = f.local("i32"), left = f.local("i32");
    const [y0, y1, sum, difference] = [0, 1, 2, 3].map(() => [f.local("v128"), f.local("v128")] as const);
    f.while(() => f.get(tileRows), () => {
      f.get(room).set(rows[0]).get(room).get(roomRow).op("i32.add").set(rows[1]).get(to).set(at).get(groups).set(left);
      f.while(() => f.get(left), () => {
        const low = f.local("v128"), high = f.local("v128");
        [y0, y1].forEach(([even, odd], r) => {
          f.get(rows[r]).memory("v128.load").set(low).get(rows[r]).memory("v128.load", 16).set(high);
          f.get(low).get(high).shuffle(0, 2, 4, 6).set(even).get(low).get(high).shuffle(1, 3, 5, 7).set(odd);
        });
        for (let v = 0; v < 2; v++) f.get(y0[v]).get(y1[v]).op("f32x4.add").set(sum[v]).get(y0[v]).get(y1[v]).op("f32x4.sub").set(difference[v]);
        f.get(at).set(plane);
        for (const [even, odd] of [y0, sum, difference, y1])
          for (const push of [() => f.get(even), () => f.get(even).get(odd).op("f32x4.add"), () => f.get(even).get(odd).op("f32x4.sub"), () => f.get(odd)]) {
            f.get(plane);
            push().memory("v128.store").get(plane).get(toPlane).op("i32.add").set(plane);
          }
        for (const pointer of rows) f.increment(pointer, 32);
        f.increment(at, 16).increment(left, -1);
      });
      f.get(room).get(roomRow).i32(1).op("i32.shl").op("i32.add").set(room).get(to).get(toRow).op("i32.add").set(to).increment(tileRows, -1);
    });
  });
}

/** A'm: m0 + m1 + m2, m1 - m2 + m3. */
function placesFrom(f: Code, [m0, m1, m2, m3]: readonly V128[], y0: V128, y1: V128): void {
  f.get(m0).get(m1).op("f32x4.add").get(m2).op("f32x4.add").set(y0);
  f.get(m1).get(m2).op("f32x4.sub").get(m3).op("f32x4.add").set(y1);
}

/** A'mA. The second of a tile's rows, where there is none, is stored where the first then goes. */
function addPlaces(module: Module): number {
  const rowsOf = module.func(
    "rowsOf", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, tileRows, from, fromPlane, fromRow, out, row, rows, width, bias, check) => {
      const at = f.local("i32"), plane = f.local("i32"), left = f.local("i32"), to = [f.local("i32"), f.local("i32")], total = f.local("v128");
      const m = Array.from({ length: 4 }, () => f.local("v128")), down = [0, 1].map(() => Array.from({ length: 4 }, () => f.local("v128"))), y = [f.local("v128"), f.local("v128")], pair = f.local("v128"), there = f.local("v128"), more = f.local("v128");
      f.get(check).memory("v128.load").set(total).get(bias).memory("v128.load32_splat").set(more);
      /** Four tiles, not all of which are in the row if it is not whole: of each row of places what `store` does with eight of them. */
      const tiles = (isWhole: boolean, store: (pointer: I32, low: () => Code, high: () => Code) => void) => {
        // planes are row by row of a tile, so a column is every fourth
        for (let column = 0; column < 4; column++) {
          f.get(at).get(fromPlane).i32(column).op("i32.mul").op("i32.add").set(plane);
          m.forEach((value, i) => {
            f.get(plane).memory("v128.load").set(value);
            if (i < 3) f.get(plane).get(fromPlane).i32(2).op("i32.shl").op("i32.add").set(plane);
          });
          placesFrom(f, m, down[0][column], down[1][column]);
        }
        for (const made of [1, 0]) {
          placesFrom(f, down[made], y[0], y[1]);
          for (const value of y) f.get(value).get(more).op("f32x4.add").set(value);
          for (const value of y) {
            f.get(total).get(value);
            if (!isWhole) f.get(there).op("v128.and");
            f.op("f32x4.add").set(total);
          }
          store(to[made], () => f.get(y[0]).get(y[1]).shuffle(0, 4, 1, 5), () => f.get(y[0]).get(y[1]).shuffle(2, 6, 3, 7));
        }
      };
      f.while(() => f.get(tileRows), () => {
        f.get(from).set(at).get(out).set(to[0]).get(out).get(row).i32(0).get(rows).i32(1).op("i32.gt_s").op("select").op("i32.add").set(to[1]).get(width).set(left);
        f.while(() => f.get(left).i32(8).op("i32.ge_s"), () => {
          tiles(true, (pointer, low, high) => {
            f.get(pointer);
            low().memory("v128.store").get(pointer);
            high().memory("v128.store", 16).increment(pointer, 32);
          });
          f.increment(at, 16).increment(left, -8);
        });
        f.get(left).op("i32x4.splat").constant(0, 2, 4, 6).op("i32x4.gt_s").set(there);
        f.get(left).if(() => tiles(false, (pointer, low, high) => {
          f.get(left).i32(4).op("i32.ge_s").if(() => {
            f.get(pointer);
            low().memory("v128.store").increment(pointer, 16);
            high().set(pair);
          }, () => low().set(pair));
          f.get(left).i32(3).op("i32.and").if(() => storePartly(f, "float32", pointer, pair, left));
        }));
        f.get(from).get(fromRow).op("i32.add").set(from).get(out).get(row).i32(1).op("i32.shl").op("i32.add").set(out).increment(rows, -TILE).increment(tileRows, -1);
      });
      f.get(check).get(total).memory("v128.store");
    });
  return module.func("places", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, channels, segments, count, from, fromChannel, fromPlane, fromRow, to, channel, row, width, bias, check) => {
      const segment = f.local("i32"), rest = f.local("i32"), source = f.local("i32"), field = (key: keyof typeof SEGMENT) => f.get(segment).memory("i32.load", SEGMENT[key]);
      f.while(() => f.get(channels), () => {
        f.get(segments).set(segment).get(count).set(rest).get(from).set(source);
        f.while(() => f.get(rest), () => {
          field("tileRows").get(source).get(fromPlane).get(fromRow);
          field("out").get(to).op("i32.add").get(row);
          field("rows").get(width).get(bias).get(check).call(rowsOf);
          field("tileRows").get(fromRow).op("i32.mul").get(source).op("i32.add").set(source);
          f.increment(segment, bytesOf(SEGMENT)).increment(rest, -1);
        });
        f.get(from).get(fromChannel).op("i32.add").set(from).get(to).get(channel).op("i32.add").set(to).increment(bias, 4).increment(channels, -1);
      });
    });
}

/** Leaves half of the sum, and of the difference. */
const halved = (f: Code, a: V128, op: "add" | "sub", b: V128): Code => f.get(a).get(b).op(`f32x4.${op}`).floatConstant(0.5).op("f32x4.mul");

/** GgG', where G has the rows 1 0 0, 1/2 1/2 1/2, 1/2 -1/2 1/2, 0 0 1. */
function addFilters(module: Module): void {
  module.func("filters", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, filters, channels, from, to, toFilter, toPlane) => {
    const source = f.local("i32"), at = f.local("i32"), plane = f.local("i32"), left = f.local("i32"), sum = f.local("v128"), middle = f.local("v128");
    const g = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => f.local("v128"))), down = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => f.local("v128")));
    const spread = (x: readonly V128[], each: (push: () => void, i: number) => void) => {
      halved(f, x[0], "add", x[2]).set(sum).get(x[1]).floatConstant(0.5).op("f32x4.mul").set(middle);
      [() => f.get(x[0]), () => f.get(sum).get(middle).op("f32x4.add"), () => f.get(sum).get(middle).op("f32x4.sub"), () => f.get(x[2])].forEach(each);
    };
    f.get(from).set(source);
    f.while(() => f.get(filters), () => {
      f.get(from).set(source).get(to).set(at).get(channels).set(left);
      f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
        g.forEach((line, r) => line.forEach((value, c) => {
          f.get(source).memory("v128.load32_splat", 4 * (3 * r + c));
          for (let lane = 1; lane < 4; lane++) f.get(source).memory("f32.load", 36 * lane + 4 * (3 * r + c)).lane("f32x4.replace_lane", lane);
          f.set(value);
        }));
        for (let c = 0; c < 3; c++) spread(g.map((line) => line[c]), (push, i) => { push(); f.set(down[i][c]); });
        f.get(at).set(plane);
        for (const line of down) spread(line, (push) => {
          f.get(plane);
          push();
          f.memory("v128.store").get(plane).get(toPlane).op("i32.add").set(plane);
        });
        f.increment(source, 4 * 36).increment(at, 16).increment(left, -4);
      });
      f.get(channels).i32(36).op("i32.mul").get(from).op("i32.add").set(from).get(to).get(toFilter).op("i32.add").set(to).increment(filters, -1);
    });
  });
}

/** G'uG. */
function addWindows(module: Module): void {
  module.func("windows", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, filters, channels, from, fromFilter, fromPlane, to, toFilter, toPlane, check) => {
    const source = f.local("i32"), at = f.local("i32"), plane = f.local("i32"), left = f.local("i32"), half = f.local("v128"), total = f.local("v128"), value = f.local("v128");
    const u = Array.from({ length: 4 }, () => f.local("v128")), down = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => f.local("v128")));
    const gathered = ([u0, u1, u2, u3]: readonly V128[], each: (push: () => void, i: number) => void) => {
      halved(f, u1, "add", u2).set(half);
      [() => f.get(u0).get(half).op("f32x4.add"), () => halved(f, u1, "sub", u2), () => f.get(half).get(u3).op("f32x4.add")].forEach(each);
    };
    f.get(check).memory("v128.load").set(total);
    f.while(() => f.get(filters), () => {
      f.get(from).set(source).get(to).set(at).get(channels).set(left);
      f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
        for (let column = 0; column < 4; column++) {
          f.get(source).get(fromPlane).i32(column).op("i32.mul").op("i32.add").set(plane);
          u.forEach((sum, i) => {
            f.get(plane).memory("v128.load").set(sum);
            if (i < 3) f.get(plane).get(fromPlane).i32(2).op("i32.shl").op("i32.add").set(plane);
          });
          gathered(u, (push, i) => { push(); f.set(down[i][column]); });
        }
        f.get(at).set(plane);
        for (const line of down) gathered(line, (push) => {
          push();
          f.set(value).get(total).get(value).op("f32x4.add").set(total).get(plane).get(value).memory("v128.store").get(plane).get(toPlane).op("i32.add").set(plane);
        });
        f.increment(source, 16).increment(at, 16).increment(left, -4);
      });
      f.get(from).get(fromFilter).op("i32.add").set(from).get(to).get(toFilter).op("i32.add").set(to).increment(filters, -1);
    });
    f.get(check).get(total).memory("v128.store");
  });
}
