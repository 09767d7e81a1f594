/** @file Cases of dtype promotion: an operator on ones of given dtypes gives a dtype or an error; and expressions. */
import { type Backend, complex, isTensor, noGrad, ones, zeros } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { DTypeValue, Float, type Keywords, type Native, Unsupported, type Value } from "../python/values.ts";
import { repr } from "../python/text.ts";
import { torchFunction } from "../torch/call.ts";
import { dtypeOfTensor, dtypeValue } from "../torch/convert.ts";
import { environment } from "../torch/environment.table.ts";
import { program, python, readExpression } from "../torch/host.ts";
import { signatures } from "../torch/signatures.table.ts";
import { Check, Mismatch, shown } from "./compare.ts";
import { type AnyTensor, Table, tensorsOf } from "./decode.ts";
import { sameText } from "./repr.ts";
import { expectError, type GoldenRecord, type Measured, verdict } from "./verdict.ts";

type Refusal = { readonly error: string; readonly message: string };
type PromotionCase = GoldenCase & {
  readonly fn?: string; readonly a?: string; readonly b?: string; readonly a_dim?: number; readonly b_dim?: number; readonly scalar?: string; readonly shape?: readonly number[];
  readonly out?: string | boolean | readonly string[] | Refusal; readonly expr?: string; readonly repr?: string | null;
};

export async function runPromotion(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as PromotionCase;
  return await verdict(item.id, async () => (item.expr === undefined ? await operatorCase(item, new Table(pack, item, device)) : await expressionCase(item.expr, item, new Table(pack, item, device))));
}

async function expressionCase(source: string, item: PromotionCase, table: Table): Promise<number | Measured> {
  const evaluate = (): Promise<Value> => run(python.evaluate(readExpression(source), program()));
  if (item.error !== undefined) return await expectError(item.error, evaluate);
  const value = await evaluate(), check = new Check(table);
  await check.value(value, item.out, "result");
  if (typeof item.repr === "string") sameText(String(await run(repr(value, python))), item.repr);
  return check.worst;
}

/** cumsum0, topk1, clamp01, clamp0.5: the name, and the numbers that follow the tensor. */
function called(fn: string): { readonly name: string; readonly numbers: readonly Value[] } {
  const [, name = fn, digits = ""] = fn in signatures ? [] : /^(.*?[a-z_])(\d+(?:\.\d+)?)$/.exec(fn) ?? [];
  return { name, numbers: digits === "" ? [] : digits.includes(".") ? [new Float(Number(digits))] : [...digits].map(Number) };
}
/** How many rows and columns the operators of matrices are given. */
const matrices = new Set(["trace", "inverse", "det", "mm", "matmul"]);

async function operatorCase(item: PromotionCase, table: Table): Promise<number | Measured> {
  const { name, numbers } = called(item.fn!), byDType = environment[`torch.${item.fn!}`];
  const call = async (): Promise<Value> => {
    const first = operand(item, item.a, item.a_dim, name, table), second = item.b === undefined ? undefined : operand(item, item.b, item.b_dim, name, table);
    const scalar = item.scalar === undefined ? undefined : await run(python.evaluate(readExpression(item.scalar), program()));
    const others = [second, scalar].filter((x) => x !== undefined);
    if (typeof byDType === "function" && item.a_dim === undefined && item.b_dim === undefined && item.scalar === undefined && !name.startsWith("result")) return (byDType as Native)([new DTypeValue(item.a!, ownName(item.a!)), new DTypeValue(item.b!, ownName(item.b!))], {});
    const fn = typeof byDType === "function" ? (byDType as Native) : torchFunction(name);
    if (fn === undefined) throw new Unsupported(`no operator ${name}`);
    return await run(python.settle(fn(...shapeArguments(name, first, others, numbers, table))));
  };
  const { out } = item;
  if (typeof out === "object" && "message" in out && [item.a, item.b].sort().join() === "int32,int64") throw new Unsupported("int32 beside int64: they are one dtype here");
  if (typeof out === "object" && "message" in out) return await expectError({ type: out.error, message: out.message }, call);
  const result = await call();
  if (typeof out === "boolean") {
    if (result !== out) throw new Mismatch(`${shown(result)}, expected ${out}`);
    return 0;
  }
  const wanted = typeof out === "string" ? [out] : out ?? [], got = result instanceof DTypeValue ? [result] : tensorsOf(result).map((x) => dtypeOfTensor(x.dtype));
  if (got.length !== wanted.length) throw new Mismatch(`${got.length} results, expected ${wanted.length}`);
  for (const [i, want] of wanted.entries()) if (got[i]!.own !== ownName(want)) throw new Mismatch(`result ${i}: ${got[i]!.own}, expected ${want}`);
  return 0;
}
const ownName = (name: string): string => dtypeValue(name).own;

function operand(item: PromotionCase, dtype: string | undefined, dim: number | undefined, name: string, table: Table): AnyTensor {
  const shape = dim === 0 ? [] : item.shape !== undefined ? item.shape : matrices.has(name) ? [2, 2] : [3];
  const options = { dtype: table.dtype(dtype!), device: table.device };
  return dtype!.startsWith("complex") ? complex(ones(shape, options), zeros(shape, options)) : ones(shape, options);
}
/** The few operators that take their operands in another way. */
function shapeArguments(name: string, first: AnyTensor, others: readonly Value[], numbers: readonly Value[], table: Table): readonly [readonly Value[], Keywords] {
  if (name === "where") return [[ones(first.shape, { dtype: "bool", device: table.device }), first, ...others], {}];
  if (name === "cat" || name === "stack") return [[[first, ...others]], {}];
  if (name === "clamp" && numbers.length === 1) return [[first], { min: numbers[0] }];
  if (/[a-z]_$/.test(name) && isTensor(first)) return [[noGrad(() => first.clone()), ...others], {}];
  if (name === "quantile" && others.length === 0) return [[first, new Float(0.5)], {}];
  if (name === "lerp" && others.length === 1) return [[first, ...others, new Float(0.5)], {}];
  return [[first, ...others, ...numbers], {}];
}
