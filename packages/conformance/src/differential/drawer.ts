/** @file Chooses the inputs of calls: tensors that fit, or new leaves. Shapes have zeros and ones, and sizes beside those of vectors. */
import { type DType, dtypes, type Shape, sizeOf } from "@adjoint/core/backend";
import { heldBy } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Domain, Drawer, Kind, Variable, Want } from "./row.ts";

/** Elements of one tensor. */
const MOST = 160;

const inDomain: { readonly [D in Domain]: (x: number) => boolean } = {
  any: () => true,
  finite: Number.isFinite,
  positive: (x) => x >= 0.25,
  away: (x) => Math.abs(x) >= 0.25,
  unit: (x) => Math.abs(x) <= 0.9,
  exponent: (x) => Math.abs(x) <= 3,
};

function drawFloat(random: Random, domain: Domain): number {
  const u = random.unit(), signed = u * 2 - 1;
  switch (domain) {
    case "any": case "finite": return signed * 3;
    case "positive": return 0.4 + u * 2;
    case "away": return Math.sign(signed) * 0.4 + signed * 2;
    case "unit": return signed * 0.85;
    case "exponent": return signed * 2.5;
  }
}

function drawInteger(random: Random, dtype: DType, domain: Domain): number {
  const low = dtype === "uint8" || domain === "positive" ? 0 : domain === "unit" ? 0 : -6;
  const x = random.integer(low, domain === "exponent" ? 3 : domain === "unit" ? 0 : 6);
  return (domain === "away" || domain === "positive") && x === 0 ? 1 : x;
}

const strange = { float: [NaN, Infinity, -Infinity, -0], int: [2 ** 31 - 1, -(2 ** 31), 46341, 65536, 1000], bool: [1] } as const;

/** Numbers that a leaf of this dtype holds exactly; some of them short, so that ties and zeros come about, a few of them strange. */
export function drawValues(random: Random, dtype: DType, count: number, domain: Domain): number[] {
  const { kind } = dtypes[dtype], short = random.chance(0.25), odd = domain === "any" && random.chance(0.04);
  const one = (): number => {
    if (odd && random.chance(0.3)) return random.pick<number>(strange[kind])!;
    if (kind === "bool") return random.integer(0, 1);
    if (kind === "int") return drawInteger(random, dtype, domain);
    const x = drawFloat(random, domain);
    return short && domain === "any" ? Math.round(x * 2) / 2 : Math.round(x * 2048) / 2048;
  };
  return heldBy(dtype, Array.from({ length: count }, one));
}

function drawSize(random: Random): number {
  const u = random.unit();
  if (u < 0.04) return 0;
  if (u < 0.24) return 1;
  if (u < 0.92) return random.integer(2, 5);
  return random.pick([7, 8, 9, 16, 17, 33]);
}

function drawShape(random: Random): number[] {
  const rank = random.weighted([{ rank: 0, weight: 1 }, { rank: 1, weight: 3 }, { rank: 2, weight: 5 }, { rank: 3, weight: 4 }, { rank: 4, weight: 1 }]).rank;
  const shape: number[] = [];
  for (let d = 0; d < rank; d++) {
    const size = drawSize(random);
    shape.push(sizeOf(shape) * size > MOST ? 1 : size);
  }
  return shape;
}

/** A shape that broadcasts with this one; only towards it, with `into`. */
function drawPartner(random: Random, shape: Shape, into: boolean): number[] {
  const rank = random.chance(0.55) ? shape.length : random.integer(0, shape.length);
  const partner = shape.slice(shape.length - rank).map((size) => {
    if (random.chance(0.2)) return 1;
    return size === 1 && !into && random.chance(0.5) ? random.integer(2, 3) : size;
  });
  if (!into && rank === shape.length && rank < 3 && random.chance(0.1)) partner.unshift(random.integer(1, 3));
  return sizeOf(partner) * sizeOf(shape) > MOST * MOST ? [...shape] : partner;
}

const broadcasts = (to: Shape, from: Shape): boolean => from.length <= to.length && from.every((size, i) => size === 1 || size === to[to.length - from.length + i]);
/** Whether two shapes broadcast together, to no more elements than a tensor may have. */
function broadcastTogether(a: Shape, b: Shape): boolean {
  let size = 1;
  for (let i = 1; i <= Math.max(a.length, b.length); i++) {
    const x = a[a.length - i] ?? 1, y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return false;
    size *= x === 1 ? y : x;
  }
  return size <= MOST * 2;
}

export type LeafDraft = { readonly shape: Shape; readonly dtype: DType; readonly values: readonly number[]; readonly requiresGrad: boolean };

/** What a drawer asks of the program that it draws for. */
export type Context = {
  readonly random: Random;
  readonly dtypes: readonly DType[];
  readonly variables: () => readonly Variable[];
  readonly valuesOf: (variable: Variable) => readonly number[];
  /** Adds a leaf to the program. */
  readonly addLeaf: (leaf: LeafDraft) => Variable;
};

const allKinds: readonly Kind[] = ["float", "int", "bool"];

export function drawerOf({ random, dtypes: palette, variables, valuesOf, addLeaf }: Context): Drawer {
  const fits = (x: Variable, { kinds = allKinds, dtype, domain = "any", accepts }: Want): boolean =>
    kinds.includes(dtypes[x.dtype].kind) && (dtype === undefined || x.dtype === dtype) && (accepts === undefined || accepts(x))
    && (domain === "any" || dtypes[x.dtype].kind === "bool" || valuesOf(x).every(inDomain[domain]));
  const youngFirst = (candidates: readonly Variable[]): Variable | undefined => {
    const back = Math.floor(random.unit() * random.unit() * candidates.length);
    return candidates[candidates.length - 1 - back];
  };
  const leaf = (shape: Shape, { kinds = allKinds, dtype, domain = "any" }: Want): Variable => {
    const able = palette.filter((d) => kinds.includes(dtypes[d].kind));
    const floats = able.filter((d) => dtypes[d].kind === "float");
    const chosen = dtype ?? random.pick(floats.length > 0 && random.chance(0.7) ? floats : able) ?? "float32";
    const requiresGrad = dtypes[chosen].kind === "float" && random.chance(0.6);
    return addLeaf({ shape, dtype: chosen, values: drawValues(random, chosen, sizeOf(shape), domain), requiresGrad });
  };
  const existing = (want: Want): Variable | undefined => youngFirst(variables().filter((x) => fits(x, want)));
  return {
    random, dtypes: palette, existing,
    get variables() { return variables(); },
    variable(want, shape) {
      const found = random.chance(0.93) ? existing(shape === undefined ? want : { ...want, accepts: (x) => x.shape.join() === shape.join() && (want.accepts?.(x) ?? true) }) : undefined;
      return found ?? leaf(shape ?? drawShape(random), want);
    },
    partner(shape, want, into = false) {
      const accepts = (x: Variable): boolean => (into ? broadcasts(shape, x.shape) : broadcastTogether(shape, x.shape)) && (want.accepts?.(x) ?? true);
      return (random.chance(0.8) ? existing({ ...want, accepts }) : undefined) ?? leaf(drawPartner(random, shape, into), want);
    },
  };
}
