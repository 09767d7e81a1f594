/** @file Cases of operators: value, aliasing, in-place form, inputs changed, gradient, second gradient, errors; in float32 and, where the device has it, in float64. */
import { type Backend, grad as gradOf, isTensor, noGrad, scope, type Tensor, viewAsComplex } from "@adjoint/core";
import type { GoldenCase, OpCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { type Keywords, type Native, Unsupported, type Value } from "../python/values.ts";
import { torchFunction } from "../torch/call.ts";
import { operator, program, python, readPython } from "../torch/host.ts";
import { Check, Mismatch } from "./compare.ts";
import { type AnyTensor, type Precision, realOf, Table, tensorsOf } from "./decode.ts";
import { isExpected } from "./messages.ts";
import { expectError, type GoldenRecord, type Measured, textOf, verdict } from "./verdict.ts";
import { compareLoosely, sameAmongEquals } from "./gauge.ts";

export async function runOp(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as OpCase;
  const record = await verdict(item.id, async () => await attempt(pack, item, device, await callableOf(pack), 32));
  if (record.status !== "passed" || item.error !== undefined || !device.dtypes.has("float64") || !hasFloats(item)) return record;
  const raised = await verdict(item.id, async () => await attempt(pack, item, device, await callableOf(pack), 64));
  return { ...record, float64: raised.status === "passed" ? raised.error ?? 0 : raised.reason ?? raised.status };
}
/** Whether an input is a float32, to be raised. */
function hasFloats(item: OpCase): boolean {
  const inputs = new Set<number>();
  collect([item.args, Object.values(item.kw ?? {})], inputs);
  return [...inputs].some((i) => item.t[i]!.dt === "float32");
}
function collect(v: unknown, into: Set<number>): void {
  if (typeof v !== "object" || v === null) return;
  if ("$t" in v) into.add(v.$t as number);
  for (const x of Object.values(v)) collect(x, into);
}

const wrappers = new Map<string, Promise<Native>>();
/** What a pack calls: the operator, or the Python function that PyTorch's tests put around it. */
async function callableOf(pack: Pack): Promise<Native> {
  const name = pack.op ?? "";
  if (pack.src !== undefined) {
    const key = `${name}\n${pack.src}`, found = wrappers.get(key) ?? wrapped(pack.src);
    wrappers.set(key, found);
    return await found;
  }
  return operator(name);
}
/** `op=lambda ...,` of a list of arguments, `E('name', lambda ..., ...)`, or a `def`. */
async function wrapped(source: string): Promise<Native> {
  const scope = program(), text = source.trim();
  let fn: Value;
  if (text.startsWith("def ")) {
    await run(python.execute(readPython(text), scope));
    fn = scope.names.get(/^def (\w+)/.exec(text)![1]!);
  } else {
    const block = readPython(text.startsWith("op=") ? `dict(${text})` : text.replace(/,$/, "")), [only] = block;
    const args = only?.kind === "expression" && only.value.kind === "call" ? only.value.args : [];
    const lambda = args.find(({ value }) => value.kind === "lambda");
    if (lambda === undefined) throw new Unsupported("a wrapper that is not understood");
    fn = await run(python.evaluate(lambda.value, scope));
  }
  return (args, kw) => python.call(fn, args, kw);
}
async function attempt(pack: Pack, item: OpCase, device: Backend, call: Native, precision: Precision): Promise<Measured> {
  const s = scope(item.id), table = new Table(pack, item, device, precision), check = new Check(table);
  try {
    const inputs = (): readonly [readonly Value[], Keywords] => [item.args.map(table.decode), Object.fromEntries(Object.entries(item.kw ?? {}).map(([k, v]) => [k, table.decode(v)]))];
    const [args, kw] = inputs();
    const invoke = (fn: Native, ...given: readonly [readonly Value[], Keywords]): Promise<Value> => run(python.settle(fn(...given)));
    if (item.error !== undefined) {
      const { error } = item;
      return await expectError(error, async () => invoke(call, args, kw)).catch((reason: unknown) => {
        // What is asked for is there already: a tensor that is no int64 in PyTorch for being int32.
        if (reason instanceof Mismatch && error.message.includes("int64") && item.t.some(({ dt }) => dt === "int32")) throw new Unsupported("int32 where int64 is asked for: they are one dtype here");
        throw reason;
      });
    }
    const out = await invoke(call, args, kw), outs = tensorsOf(out);
    await compareLoosely(pack, item, check, args, kw, out);
    const { ulp } = check; // Of results alone: derivatives are further from them.
    if (item.check !== "meta" && precision === 32) aliasing(item, table, out);
    for (const [input, want] of item.mut ?? []) await check.tensor(table.value(input), want, `input ${input} after the call`);
    await derivatives(pack, item, table, check, outs, args, kw);
    if (precision === 32 && (item.ip === 1 || item.ipe !== undefined)) await inPlace(pack, item, device);
    return { error: check.worst, ...(ulp === undefined ? {} : { ulp }) };
  } finally {
    table.dispose();
    s.close();
  }
}

/** `x.op_(...)` on a copy gives the same, or PyTorch's error. */
async function inPlace(pack: Pack, item: OpCase, device: Backend): Promise<void> {
  const fn = torchFunction(`${pack.op ?? ""}_`);
  if (fn === undefined) return;
  const table = new Table(pack, item, device), [first, ...rest] = item.args.map(table.decode);
  try {
    const kw: Keywords = Object.fromEntries(Object.entries(item.kw ?? {}).map(([k, v]) => [k, table.decode(v)]));
    if (!isTensor(first)) return;
    // A copy that is laid out as the input: this table is its own, so the input itself will do where an error is expected.
    const change = (): Promise<Value> => run(python.settle(fn([item.ipe === undefined ? first.clone() : first.detach(), ...rest], kw)));
    if (item.ipe !== undefined) {
      try {
        await change();
      } catch (error) {
        if (error instanceof Unsupported || isExpected(textOf(error), { message: item.ipe })) return;
        throw new Mismatch(`in place raised "${textOf(error)}", expected "${item.ipe}"`);
      }
      throw new Mismatch(`in place: no error, expected "${item.ipe}"`);
    }
    const out = await change();
    if (item.check === "meta") return;
    for (const [k, x] of tensorsOf(out).entries()) await new Check(table).tensor(x, indicesIn(item.out)[k]!, "in place");
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
  } finally {
    table.dispose();
  }
}

/** A result that PyTorch makes a view of an input is one here, and a result that is an input is that input. */
function aliasing(item: OpCase, table: Table, out: Value): void {
  const outs = tensorsOf(out);
  for (const [k, at] of indicesIn(item.out).entries()) {
    const { vw, is, sh } = item.t[at]!, got = outs[k];
    if (vw === undefined || got === undefined || sh.includes(0)) continue;
    const input = table.tensor(vw);
    if (realOf(got).storage !== input.storage) throw new Mismatch(`result ${k} is no view of input ${vw}: it has memory of its own`);
    if (is === 1 && realOf(got) !== input && realOf(got).window.offset !== input.window.offset) throw new Mismatch(`result ${k} is not input ${vw} itself`);
  }
}
/** The entries of the table that a result is made of, in order. */
function indicesIn(out: unknown): number[] {
  if (typeof out !== "object" || out === null) return [];
  if (Array.isArray(out)) return out.flatMap(indicesIn);
  return "$t" in out ? [out.$t as number] : Object.values(out).flatMap(indicesIn);
}

async function derivatives(pack: Pack, item: OpCase, table: Table, check: Check, outs: readonly AnyTensor[], args: readonly Value[], kw: Keywords): Promise<void> {
  if (item.grad === undefined || item.cot === undefined) return;
  const roots = item.cot.map(([k]) => realOf(outs[k]!)), inputs = item.grad.map(([i]) => table.tensor(i));
  const first = gradOf(roots, inputs, { gradOutputs: item.cot.map(([, i]) => table.tensor(i)), createGraph: item.gg !== undefined, allowUnused: true });
  for (const [k, [i, want]] of item.grad.entries())
    try {
      await gradient(check, table, first[k] ?? null, want, `gradient of input ${i}`);
    } catch (error) {
      const got = first[k];
      if (!(error instanceof Mismatch) || want === null || !isTensor(got) || !(await sameAmongEquals(pack, item, table.tensor(i), got, want, args, kw))) throw error;
    }
  if (item.gg === undefined) return;
  const used = item.gg.cot.flatMap(([i, c]) => { const g = first[item.grad!.findIndex(([at]) => at === i)]; return g !== null && g !== undefined && g.requiresGrad ? [[g, table.tensor(c)] as const] : []; });
  const second = used.length === 0 ? item.gg.grad.map(() => null) : gradOf(used.map(([g]) => g), item.gg.grad.map(([i]) => table.tensor(i)), { gradOutputs: used.map(([, c]) => c), allowUnused: true });
  for (const [k, [i, want]] of item.gg.grad.entries()) await gradient(check, table, second[k] ?? null, want, `second gradient of input ${i}`);
}
/** No gradient is a gradient of zeros: PyTorch makes them where we say null, and the other way round. */
export async function gradient(check: Check, table: Table, got: Tensor | null, want: number | null, what: string): Promise<void> {
  if (want === null) {
    if (got !== null && Array.from(await got.data()).some((v) => v !== 0)) throw new Mismatch(`${what}: numbers, expected None`);
  } else if (got === null) await check.zero(want, what);
  else await check.tensor(check.table.item.t[want]!.dt.startsWith("complex") ? noGrad(() => viewAsComplex(got)) : got, want, what);
}
