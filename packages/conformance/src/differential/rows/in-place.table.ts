/** @file Ops in place, on tensors and on views: one row each. */
import * as A from "@adjoint/core";
import type { Operand, Tensor } from "@adjoint/core";
import { type Domain, type Drawer, type Kind, row, type Row, type Variable } from "../row.ts";

const all: readonly Kind[] = ["float", "int", "bool"], numbers: readonly Kind[] = ["float", "int"];

/** What is written to: a leaf that requires a gradient only now and then, where it is an error (or noGrad allows it). */
function target(d: Drawer, kinds: readonly Kind[], domain: Domain = "any"): Variable {
  const leaves = d.random.chance(0.2);
  return d.variable({ kinds, domain, accepts: (x) => leaves || !(x.isLeaf && x.requiresGrad) });
}

/** With a tensor that broadcasts to the target, or a number. */
const binary = (op: string, run: (x: Tensor, y: Operand) => Tensor, kinds: readonly Kind[] = all, second: Domain = "any"): Row => row<{ readonly number?: number }>({
  op, changes: "values",
  draw(d) {
    const x = target(d, kinds);
    // Into integers go integers: PyTorch refuses floats there, which is worth a try now and then.
    const others = d.random.chance(0.05) ? all : kinds.filter((kind) => kind !== "float" || x.dtype.includes("float"));
    if (d.random.chance(0.3)) return { inputs: [x], attrs: { number: x.dtype.includes("float") ? d.random.pick([-0.5, 0.5, 1.5, 2]) : d.random.integer(1, 3) } };
    return { inputs: [x, d.partner(x.shape, { kinds: others.length > 0 ? others : kinds, domain: second }, true)], attrs: {} };
  },
  run: ([x, y], { number }) => run(x!, number ?? y!),
});

const unary = (op: string, run: (x: Tensor) => Tensor, kinds: readonly Kind[] = ["float"], domain: Domain = "any"): Row => row({
  op, changes: "values", weight: 0.3,
  draw(d) { return { inputs: [target(d, kinds, domain)], attrs: {} }; },
  run: ([x]) => run(x!),
});

const rows: readonly Row[] = [
  { ...binary("add_", (x, y) => A.add_(x, y)), weight: 3 }, binary("sub_", (x, y) => A.sub_(x, y), numbers), { ...binary("mul_", A.mul_), weight: 3 }, binary("div_", A.div_, ["float"], "away"),
  binary("addScaled_", (x, y) => A.add_(x, y, { alpha: 2 }), numbers),
  unary("neg_", A.neg_, numbers), unary("abs_", A.abs_, numbers), unary("exp_", A.exp_, ["float"], "exponent"), unary("sqrt_", A.sqrt_, ["float"], "positive"), unary("log_", A.log_, ["float"], "positive"), unary("sin_", A.sin_), unary("tanh_", A.tanh_),
  unary("sigmoid_", A.sigmoid_), unary("relu_", A.relu_, numbers), unary("reciprocal_", A.reciprocal_, ["float"], "away"), unary("square_", A.square_, numbers), unary("floor_", A.floor_), unary("clamp_", (x) => A.clamp_(x, -1, 1), numbers), unary("elu_", (x) => A.elu_(x)),
  unary("leakyRelu_", (x) => A.leakyRelu_(x)), unary("logicalNot_", A.logicalNot_, all), unary("erf_", A.erf_), unary("frac_", A.frac_),
  binary("remainder_", A.remainder_, numbers, "away"), binary("fmod_", A.fmod_, numbers, "away"), binary("floorDivide_", A.floorDivide_, numbers, "away"), binary("gt_", A.gt_, numbers), binary("clampMin_", A.clampMin_, numbers),
  row({
    op: "copy_", changes: "values", weight: 2,
    draw(d) { const x = target(d, all); return { inputs: [x, d.partner(x.shape, { kinds: x.dtype === "bool" || x.dtype.includes("float") ? all : ["int", "bool"] }, true)], attrs: {} }; },
    run: ([x, y]) => A.copy_(x!, y!),
  }),
  row<{ readonly value: number }>({
    op: "fill_", changes: "values",
    draw(d) { return { inputs: [target(d, all)], attrs: { value: d.random.integer(0, 2) } }; },
    run: ([x], { value }) => A.fill_(x!, value),
  }),
  row({ op: "zero_", changes: "values", draw: (d) => ({ inputs: [target(d, all)], attrs: {} }), run: ([x]) => A.zero_(x!) }),
  row<{ readonly rate: number }>({
    op: "descend", changes: "values",
    draw(d) {
      const x = d.existing({ accepts: (v) => v.hasGrad && v.isLeaf });
      return x && { inputs: [x], attrs: { rate: 0.125 } };
    },
    run: ([x], { rate }) => A.noGrad(() => A.sub_(x!, x!.grad!, { alpha: rate })),
    cuts: true,
  }),
];

/** Not right to one rounding. */
const rough: ReadonlySet<string> = new Set(["div_", "floorDivide_", "exp_", "sqrt_", "log_", "sin_", "tanh_", "sigmoid_", "reciprocal_", "elu_", "leakyRelu_", "erf_", "addScaled_"]);

export const inPlaceRows: readonly Row[] = rows.map((r) => (rough.has(r.op) ? r : { ...r, exact: true }));
