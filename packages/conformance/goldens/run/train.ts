/** @file Cases of training: the losses and the final state of a loop written in Python, and the rates that schedulers give. */
import type { Backend, Tensor } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { Dict, PyClass, PyFunction, type Scope } from "../python/objects.ts";
import { Float, type Keywords, type Native, type Value } from "../python/values.ts";
import { program, python, readExpression, readPython } from "../torch/host.ts";
import { Check, distance, Mismatch, numbers } from "./compare.ts";
import { Table } from "./decode.ts";
import { valuesOf } from "../pack.ts";
import { isTensor } from "@adjoint/core";
import { expectError, type GoldenRecord, type Measured, verdict } from "./verdict.ts";

type Trajectory = GoldenCase & {
  readonly src: string; readonly model: string; readonly loss: string | null; readonly loop: string; readonly data: { readonly [name: string]: unknown }; readonly init: { readonly [name: string]: unknown };
  readonly optimizer: { readonly class: string; readonly kw: { readonly [name: string]: unknown } }; readonly steps: number; readonly losses64: { readonly $t: number }; readonly final: { readonly [name: string]: { readonly $t: number } }; readonly loss_drift?: number;
};
type Schedule = GoldenCase & { readonly class: string; readonly kw?: { readonly [name: string]: unknown }; readonly expr?: string; readonly lr?: readonly (readonly number[])[]; readonly momentum?: readonly (readonly number[])[]; readonly metrics?: readonly number[] };

export async function runTrain(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const table = new Table(pack, given, device);
  return await verdict(given.id, async () => ("src" in given ? await trajectory(given as Trajectory, table) : await schedule(given as Schedule, table)));
}
const evaluate = (source: string, scope: Scope): Promise<Value> => run(python.evaluate(readExpression(source), scope));
const decoded = (values: { readonly [name: string]: unknown }, table: Table): Keywords => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, table.decode(v)]));

async function trajectory(item: Trajectory, table: Table): Promise<number | Measured> {
  const scope = program(), losses: Value[] = [];
  await run(python.execute(readPython(item.src), scope));
  const named = await evaluate(item.model, scope), model = named instanceof PyFunction || named instanceof PyClass ? await run(python.call(named, [])) : named; // `Net`, or `Net('lstm', 2)`.
  scope.set("_model", model);
  scope.set("_init", Dict.of(Object.entries(item.init).map(([name, v]) => [name, table.decode(v)] as const)));
  await evaluate("_model.load_state_dict(_init)", scope);
  scope.set("_kw", Dict.of(Object.entries(decoded(item.optimizer.kw, table))));
  const make = item.optimizer.class === "" ? null : await evaluate(`lambda m: torch.optim.${item.optimizer.class}(m.parameters(), **_kw)`, scope);
  const log: Native = ([loss]) => { losses.push(isTensor(loss) ? loss.detach().clone() : loss); return null; };
  const data = Dict.of(Object.entries(item.data).map(([name, v]) => [name, table.decode(v)] as const));
  await run(python.call(await evaluate(item.loop, scope), [model, data, log, make, item.loss === null ? null : await evaluate(item.loss, scope), item.steps]));

  const want = valuesOf(table.pack, item.t[item.losses64.$t]!) ?? [], tolerance = Math.max(1e-5, 10 * (item.loss_drift ?? 0));
  if (losses.length !== want.length) throw new Mismatch(`${losses.length} losses, expected ${want.length}`);
  let worst = 0;
  for (const [i, loss] of losses.entries()) {
    const got = isTensor(loss) ? (await numbers(loss))[0]! : loss instanceof Float ? loss.value : Number(loss), error = distance(got, want[i]!, tolerance);
    if (!(error <= 1)) throw new Mismatch(`loss ${i} is ${got}, expected ${want[i]} (${error.toPrecision(3)} times what is allowed)`);
    worst = Math.max(worst, error);
  }
  const state = (await evaluate("_model.state_dict()", scope)) as Dict, check = new Check(table);
  for (const [name, { $t }] of Object.entries(item.final)) await finalTensor(check, state.get(name), $t, name, tolerance);
  return Math.max(worst, check.worst);
}
/** The final state is stored as float64 values; it is of the model's dtype here. */
async function finalTensor(check: Check, got: Value, at: number, name: string, tolerance: number): Promise<void> {
  const want = check.table.item.t[at]!;
  if (!isTensor(got)) throw new Mismatch(`no ${name} in the final state`);
  if (want.dt !== "float64" || got.dtype === "float64") return await check.tensor(got, at, `final ${name}`, false, tolerance);
  if (got.shape.join() !== want.sh.join()) throw new Mismatch(`final ${name}: shape [${got.shape.join(", ")}], expected [${want.sh.join(", ")}]`);
  const values = valuesOf(check.table.pack, want) ?? [], data = await numbers(got as Tensor), allowed = Math.max(tolerance, 10 * (want.e ?? 0));
  for (let i = 0; i < data.length; i++) {
    const error = distance(data[i]!, values[i]!, allowed);
    if (!(error <= 1)) throw new Mismatch(`final ${name}: element ${i} is ${data[i]}, expected ${values[i]} (${error.toPrecision(3)} times what is allowed)`);
    check.worst = Math.max(check.worst, error);
  }
}

async function schedule(item: Schedule, table: Table): Promise<number | Measured> {
  const scope = program();
  await run(python.execute(readPython("o = torch.optim.SGD([{'params': [nn.Parameter(torch.ones(1))], 'lr': 0.1}, {'params': [nn.Parameter(torch.ones(1))], 'lr': 0.05}], lr=0.1, momentum=0.9)"), scope));
  const make = async (): Promise<Value> => {
    if (item.expr !== undefined) return await evaluate(item.expr, scope);
    const kw: { [name: string]: Value } = {};
    for (const [name, value] of Object.entries(item.kw ?? {})) kw[name] = await lambdas(table.decode(value), scope);
    return await run(python.call(await evaluate(`S.${item.class}`, scope), [scope.names.get("o")], kw));
  };
  if (item.error !== undefined) return await expectError(item.error, make);
  scope.set("s", await make());
  let worst = 0;
  for (const [k, rates] of (item.lr ?? []).entries()) {
    if (k > 0) {
      const metric = item.metrics?.[k - 1];
      scope.set("metric", metric === undefined ? null : new Float(metric));
      await run(python.execute(readPython(`o.step()\ns.step(${metric === undefined ? "" : "metric"})`), scope));
    }
    worst = Math.max(worst, await rate(scope, "lr", rates, k), item.momentum === undefined ? 0 : await rate(scope, "momentum", item.momentum[k]!, k));
  }
  return worst;
}
async function rate(scope: Scope, name: string, want: readonly number[], k: number): Promise<number> {
  const got = (await evaluate(`[g['${name}'] for g in o.param_groups]`, scope)) as readonly Value[];
  let worst = 0;
  for (const [i, value] of want.entries()) {
    const is = got[i] instanceof Float ? got[i].value : Number(got[i]), error = distance(is, value, 1e-9);
    if (!(error <= 1)) throw new Mismatch(`${name} of group ${i} after ${k} steps is ${is}, expected ${value}`);
    worst = Math.max(worst, error);
  }
  return worst;
}
/** A text that begins with lambda is a function. */
async function lambdas(value: Value, scope: Scope): Promise<Value> {
  if (typeof value === "string" && value.startsWith("lambda")) return await evaluate(value, scope);
  if (Array.isArray(value)) return await Promise.all((value as readonly Value[]).map((x) => lambdas(x, scope)));
  return value;
}
