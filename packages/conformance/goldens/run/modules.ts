/** @file Cases of modules: made as PyTorch's, printed, given PyTorch's state, run; results, gradients of inputs and parameters, buffers afterwards. */
import { type Backend, grad as gradOf, isTensor, type Tensor } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { Dict, type Scope } from "../python/objects.ts";
import { repr } from "../python/text.ts";
import { type Keywords, Unsupported, type Value } from "../python/values.ts";
import { program, python, readExpression } from "../torch/host.ts";
import { Check, Mismatch } from "./compare.ts";
import { realOf, Table, tensorsOf } from "./decode.ts";
import { gradient } from "./ops.ts";
import { sameText } from "./repr.ts";
import { expectError, type GoldenRecord, verdict } from "./verdict.ts";

type Named<T> = { readonly [name: string]: T };
type ModuleCase = GoldenCase & {
  readonly module: string; readonly ctor?: { readonly args: readonly unknown[]; readonly kw?: Named<unknown> }; readonly expr?: string; readonly repr?: string; readonly training?: boolean; readonly args: readonly unknown[]; readonly kw?: Named<unknown>;
  readonly init?: Named<unknown>; readonly params?: readonly string[]; readonly cot?: readonly (readonly [number, number])[]; readonly grad?: readonly (readonly [number, number | null])[];
  readonly pgrad?: Named<unknown>; readonly after?: Named<unknown>; readonly lazy?: 1; readonly check?: "meta"; readonly out_shapes?: readonly (readonly [string, readonly number[]])[];
};

export async function runModule(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as ModuleCase, table = new Table(pack, item, device);
  return await verdict(item.id, async () => (item.error === undefined ? await attempt(item, table) : await expectError(item.error, () => attempt(item, table))));
}
const evaluate = (source: string, scope: Scope): Promise<Value> => run(python.evaluate(readExpression(source), scope));
const tensorAt = (v: unknown): number | null => (typeof v === "object" && v !== null && "$t" in v ? v.$t as number : typeof v === "number" ? v : null);

async function attempt(item: ModuleCase, table: Table): Promise<number> {
  const scope = program(), check = new Check(table), named = (values: Named<unknown> | undefined): Keywords => Object.fromEntries(Object.entries(values ?? {}).map(([name, v]) => [name, table.decode(v)]));
  const module = item.expr !== undefined ? await evaluate(item.expr, scope) : await run(python.call(await evaluate(`nn.${item.module}`, scope), (item.ctor?.args ?? []).map(table.decode), named(item.ctor?.kw)));
  scope.set("m", module);
  if (item.repr !== undefined) sameText(String(await run(repr(module, python))), item.repr);
  scope.set("args", item.args.map(table.decode));
  scope.set("kw", Dict.of(Object.entries(named(item.kw))));
  await evaluate(item.training === false ? "m.eval()" : "m.train()", scope);
  if (item.lazy === 1) await evaluate("m(*args, **kw)", scope);
  if (item.init !== undefined && Object.keys(item.init).length > 0) {
    scope.set("init", Dict.of(Object.entries(named(item.init))));
    await evaluate("m.load_state_dict(init)", scope);
  }
  const parameters = (await evaluate("dict(m.named_parameters())", scope)) as Dict, names = parameters.keys().map(String);
  if (item.params !== undefined && names.join() !== item.params.join()) throw new Mismatch(`parameters ${names.join(", ")}, expected ${item.params.join(", ")}`);

  const out = await evaluate("m(*args, **kw)", scope), outs = tensorsOf(out);
  if (item.check === "meta") {
    for (const [i, [, shape]] of (item.out_shapes ?? []).entries()) if (outs[i]?.shape.join() !== shape.join()) throw new Mismatch(`result ${i}: shape [${String(outs[i]?.shape.join(", "))}], expected [${shape.join(", ")}]`);
    return 0;
  }
  await check.value(out, item.out, "result");
  if (item.cot !== undefined) {
    const inputs = item.grad ?? [], trained = Object.entries(item.pgrad ?? {});
    const sources = [...inputs.map(([i]) => table.tensor(i)), ...trained.map(([name]) => parameterOf(parameters, name))];
    const grads = gradOf(item.cot.map(([k]) => realOf(outs[k]!)), sources, { gradOutputs: item.cot.map(([, i]) => table.tensor(i)), allowUnused: true });
    for (const [k, [i, want]] of inputs.entries()) await gradient(check, table, grads[k] ?? null, want, `gradient of input ${i}`);
    for (const [k, [name, want]] of trained.entries()) await gradient(check, table, grads[inputs.length + k] ?? null, tensorAt(want), `gradient of ${name}`);
  }
  const after = Object.entries(item.after ?? {});
  if (after.length > 0) {
    const state = (await evaluate("m.state_dict()", scope)) as Dict;
    for (const [name, want] of after) await check.value(state.get(name) ?? null, want, `${name} afterwards`);
  }
  return check.worst;
}
function parameterOf(parameters: Dict, name: string): Tensor {
  const found = parameters.get(name);
  if (!isTensor(found)) throw new Unsupported(`no parameter ${name}`);
  return found;
}
