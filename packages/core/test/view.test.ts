/** @file The arithmetic of views against the naive model: lists of base positions, one for each index tuple. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  affineStrides, indexTuples, naiveBase, naiveExpand, naiveOverlaps, naivePermute, naiveReshape, naiveSelect, naiveSlice, type NaiveView, type Random, randomFrom,
} from "@adjoint/conformance";
import { describe, expect, test } from "vitest";
import { arange, scope, type Tensor } from "../src/index.ts";
import { type Shape, sizeOf } from "../src/shape.ts";
import { broadcastStrides, coalesce, denseView, extent, overlapsItself, reshapeStrides, restride, type View } from "../src/view.ts";

const RUNS = 3000;

/** What a view shows, by its strides: the only thing that the model does not know. */
const positionsOf = ({ shape, strides, offset }: Pick<View, "shape" | "strides" | "offset">): number[] =>
  indexTuples(shape).map((tuple) => tuple.reduce((at, index, d) => at + index * strides[d]!, offset));

const someShape = (random: Random): number[] => Array.from({ length: random.integer(0, 4) }, () => random.pick([0, 1, 1, 2, 2, 3, 4, 5]));

/** Another shape of as many elements. */
function regrouped(random: Random, size: number): number[] {
  if (size === 0) return random.pick([[0], [2, 0], [0, 1, 3]]);
  const shape: number[] = [];
  for (let rest = size; rest > 1; ) {
    const factor = random.pick(Array.from({ length: rest }, (_, i) => i + 1).filter((f) => rest % f === 0))!;
    shape.push(factor);
    rest /= factor;
  }
  if (random.chance(0.5)) shape.splice(random.integer(0, shape.length), 0, 1);
  return shape;
}

type Pair = { readonly view: View; readonly model: NaiveView };

/** One step further along a chain of views of views. `expand` repeats elements, which few views do. */
function step(random: Random, { view, model }: Pair, expanding: boolean): Pair {
  const { shape, strides, offset } = view, rank = shape.length;
  const kind = random.pick(["permute", "slice", "select", "reshape", "reverse", expanding ? "expand" : "slice"] as const);
  if (kind === "permute") {
    const dims = random.order(rank);
    return { view: restride(view, dims.map((d) => shape[d]!), dims.map((d) => strides[d]!), offset), model: naivePermute(model, dims) };
  }
  if (kind === "expand") {
    const wide = [...(random.chance(0.3) ? [random.integer(1, 3)] : []), ...shape.map((size) => (size === 1 ? random.integer(1, 3) : size))];
    return { view: restride(view, wide, broadcastStrides(view, wide), offset), model: naiveExpand(model, wide) };
  }
  if (kind === "reshape") {
    const next = regrouped(random, view.size), found = reshapeStrides(view, next);
    return found === undefined ? { view, model } : { view: restride(view, next, found, offset), model: naiveReshape(model, next) };
  }
  if (rank === 0) return { view, model };
  const dim = random.integer(0, rank - 1), size = shape[dim]!, stride = strides[dim]!;
  const at = <T>(list: readonly T[], value: T): T[] => list.map((x, d) => (d === dim ? value : x));
  if (kind === "reverse" && size > 0) return { view: restride(view, shape, at(strides, -stride), offset + (size - 1) * stride), model: naiveSlice(model, dim, size - 1, -1, size) };
  if (kind === "select" && size > 0) {
    const index = random.integer(0, size - 1), rest = (list: Shape): number[] => list.filter((_, d) => d !== dim);
    return { view: restride(view, rest(shape), rest(strides), offset + index * stride), model: naiveSelect(model, dim, index) };
  }
  const start = random.integer(0, size), by = random.integer(1, 3), length = Math.ceil((random.integer(start, size) - start) / by);
  return { view: restride(view, at(shape, length), at(strides, stride * by), length === 0 ? offset : offset + start * stride), model: naiveSlice(model, dim, start, by, length) };
}

/** Views of views of a dense base, with their models. */
function* chains(expanding: boolean, salt: number): Generator<Pair & { readonly random: Random }> {
  for (let seed = 0; seed < RUNS; seed++) {
    const random = randomFrom(seed * 8 + salt), shape = someShape(random), start = random.integer(0, 3);
    const whole = denseView({}, "float32", shape);
    let pair: Pair = { view: restride(whole, shape, whole.strides, start), model: naiveBase(shape, start) };
    for (let left = random.integer(0, 5); left > 0; left--) pair = step(random, pair, expanding);
    yield { ...pair, random };
  }
}

describe("strides say what the model lists", () => {
  test.each([["without expand", false], ["with expand", true]] as const)("views of views %s: elements, size, density, extent, overlap", (_, expanding) => {
    for (const { view, model } of chains(expanding, 0)) {
      const { positions } = model;
      expect(positionsOf(view)).toEqual(positions);
      expect(view.size).toBe(positions.length);
      expect(view.dense).toBe(positions.every((position, i) => position === positions[0]! + i));
      expect(overlapsItself(view)).toBe(naiveOverlaps(model));
      if (positions.length > 0) expect(extent(view)).toEqual([Math.min(...positions), Math.max(...positions)]);
    }
  });

  test("reshapeStrides finds strides exactly where there are some", () => {
    let found = 0, none = 0;
    for (const { view, model, random } of chains(true, 1)) {
      const shape = regrouped(random, view.size), strides = reshapeStrides(view, shape), wanted = naiveReshape(model, shape);
      expect(strides === undefined, `${JSON.stringify(view)} as [${shape.join(", ")}]`).toBe(affineStrides(wanted) === undefined);
      if (strides === undefined) none++;
      else {
        found++;
        expect(positionsOf({ shape, strides, offset: view.offset })).toEqual(wanted.positions);
      }
    }
    expect(Math.min(found, none)).toBeGreaterThan(RUNS / 20);
  });

  test("broadcastStrides repeats what the model repeats", () => {
    for (const { view, model, random } of chains(false, 2)) {
      const wide = [...someShape(random).slice(0, 2), ...view.shape.map((size) => (size === 1 ? random.integer(0, 3) : size))];
      expect(positionsOf({ shape: wide, strides: broadcastStrides(view, wide), offset: view.offset })).toEqual(naiveExpand(model, wide).positions);
    }
  });

  test("coalesce keeps the order of all operands, and the two groups of dims apart", () => {
    for (const { view, random } of chains(true, 3)) {
      const shape = view.shape, other = denseView({}, "float32", shape), groups = random.integer(0, shape.length);
      const merged = coalesce(shape, [view.strides, other.strides], groups);
      expect(positionsOf({ shape: merged.shape, strides: merged.strides[0]!, offset: view.offset })).toEqual(positionsOf(view));
      expect(positionsOf({ shape: merged.shape, strides: merged.strides[1]!, offset: 0 })).toEqual(positionsOf(other));
      expect(sizeOf(merged.shape.slice(merged.shape.length - merged.trailing))).toBe(sizeOf(shape.slice(groups)));
      expect(merged.shape).not.toContain(1);
    }
  });
});

/** The same steps through the public API, each beside its model. */
function publicStep(random: Random, x: Tensor, model: NaiveView): readonly [Tensor, NaiveView] {
  const rank = x.ndim, dim = random.integer(0, Math.max(0, rank - 1)), size = x.shape[dim] ?? 0;
  switch (rank === 0 ? "unsqueeze" : random.pick(["permute", "slice", "select", "unsqueeze", "view", "narrow"] as const)) {
    case "permute": { const dims = random.order(rank); return [x.permute(dims), naivePermute(model, dims)]; }
    case "slice": {
      const start = random.integer(0, size), step = random.integer(1, 3), end = random.integer(start, size);
      return [x.slice(dim, start, end, step), naiveSlice(model, dim, start, step, Math.ceil((end - start) / step))];
    }
    case "narrow": { const start = random.integer(0, size), length = random.integer(0, size - start); return [x.narrow(dim, start, length), naiveSlice(model, dim, start, 1, length)]; }
    case "select": {
      if (size === 0) return [x, model];
      const index = random.integer(0, size - 1);
      return [x.select(dim, random.chance(0.5) ? index : index - size), naiveSelect(model, dim, index)];
    }
    case "unsqueeze": { const at = random.integer(0, rank); return [x.unsqueeze(at), naiveReshape(model, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])]; }
    case "view": {
      const other = naiveReshape(model, regrouped(random, x.numel()));
      if (affineStrides(other) !== undefined) return [x.view(other.shape), other];
      expect(() => x.view(other.shape)).toThrow("view size is not compatible");
      return [x, model];
    }
  }
}

test("a write through any view shows in its base and in every other view, and nowhere else", () => {
  const device = cpu();
  for (let seed = 0; seed < 600; seed++) {
    const random = randomFrom(seed), shape = someShape(random), s = scope("views");
    try {
      s.run(() => {
        const memory = Array.from({ length: sizeOf(shape) }, (_, i) => i);
        const views: (readonly [Tensor, NaiveView])[] = [[arange(memory.length, undefined, 1, { device, dtype: "float32" }).view(shape), naiveBase(shape)]];
        for (let i = 0; i < 5; i++) views.push(publicStep(random, ...random.pick(views)!));
        for (let i = 0; i < 3; i++) {
          const [target, model] = random.pick(views)!;
          target.mul_(-1).add_(i + 0.5);
          for (const position of model.positions) memory[position] = i + 0.5 - memory[position]!;
          for (const [x, { positions }] of views) expect(Array.from(x.dataSync())).toEqual(positions.map((position) => memory[position]!));
        }
      });
    } finally {
      s.close();
    }
  }
});
