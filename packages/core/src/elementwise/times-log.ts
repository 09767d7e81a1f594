/** @file Products with a logarithm, which are 0 where the factor is: what xlogy and xlog1py have in common. */
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";
import { both } from "./stable.ts";

/** The overloads with a number have nodes of their own: 1 where the first is one, 2 where the second is. */
const overload = ([x, y]: readonly Operand[]): number => (typeof x !== "object" ? 1 : typeof y !== "object" ? 2 : 0);

/** x * log(y), and 0 where x is 0 and y is no NaN, for a logarithm that begins at `edge`. */
export const timesLog = (name: string, log: (y: Expr) => Expr, edge: 0 | -1): Elementwise<readonly [x: Operand, y: Operand]> =>
  elementwise(name, (x, y) => s.select(s.isNan(y!), NaN, s.select(s.eq(x!, 0), 0, s.mul(x!, log(y!)))), {
    rule: "float", overload,
    gradient: (g, _, [x, y]) => [s.mul(g, s.select(both(s.eq(x!, 0), s.le(y!, edge)), 0, log(y!))), s.div(s.mul(g, x!), edge === 0 ? y! : s.add(y!, 1))],
  });
