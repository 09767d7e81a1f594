/** @file Cases of function transforms: what each name of a transform means is a line of Python. */
import { type Backend, isTensor } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { type Native, Tuple, Unsupported, type Value } from "../python/values.ts";
import { program, python, readExpression, readPython } from "../torch/host.ts";
import { Check } from "./compare.ts";
import { Table } from "./decode.ts";
import { type GoldenRecord, verdict } from "./verdict.ts";

type FuncCase = GoldenCase & { readonly fn: string; readonly src: string; readonly transform: string; readonly args: readonly unknown[]; readonly cot?: unknown; readonly tangents?: readonly unknown[]; readonly in_dims?: readonly (number | null)[] };

/** f the function, args its arguments, every their numbers; derivatives are with respect to all of them unless the name ends in 0. */
const transforms: { readonly [name: string]: string } = {
  value: "f(*args)",
  grad: "T.grad(f, argnums=every)(*args)",
  grad_and_value: "T.grad_and_value(f, argnums=every)(*args)",
  vjp: "every_one(T.vjp(f, *args)[1](cot))",
  jvp: "T.jvp(f, args, tangents)",
  jacrev: "T.jacrev(f, argnums=every)(*args)",
  jacfwd: "T.jacfwd(f, argnums=every)(*args)",
  hessian: "T.hessian(f, argnums=every)(*args)",
  hessian0: "T.hessian(f)(*args)",
  second0: "T.jacrev(T.jacrev(f))(*args)",
  third0: "T.jacrev(T.jacrev(T.jacrev(f)))(*args)",
  hvp0: "T.jvp(lambda x: T.grad(f)(x, *args[1:]), args[:1], tangents[:1])[1]",
  vmap_all: "T.vmap(f, in_dims)(*args)", vmap_first: "T.vmap(f, in_dims)(*args)", vmap_not_first: "T.vmap(f, in_dims)(*args)",
  vmap_out_dim: "T.vmap(f, in_dims, out_dims=-1)(*args)",
  vmap_grad: "T.vmap(T.grad(f, argnums=every), in_dims)(*args)",
  vmap_jacrev0: "T.vmap(T.jacrev(f), in_dims)(*args)",
  per_sample_grad: "T.vmap(T.grad(f), in_dims)(*args)",
};

export async function runFunc(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as FuncCase;
  return await verdict(item.id, async () => {
    const source = Object.hasOwn(transforms, item.transform) ? transforms[item.transform]! : undefined;
    if (source === undefined) throw new Unsupported(`the transform ${item.transform}`);
    const table = new Table(pack, item, device), scope = program();
    await run(python.execute(readPython(item.src), scope));
    scope.set("f", scope.names.get(item.fn));
    scope.set("T", await run(python.evaluate(readExpression("torch.func"), scope)));
    scope.set("every_one", (([x]) => (isTensor(x) ? Tuple.make([x]) : x)) satisfies Native); // One argument gives no tuple here.
    const known: { readonly [name: string]: Value } = {
      args: Tuple.make(item.args.map(table.decode)), every: Tuple.make(item.args.map((_, i) => i)), cot: item.cot === undefined ? null : table.decode(item.cot),
      tangents: Tuple.make((item.tangents ?? []).map(table.decode)), in_dims: Tuple.make(item.in_dims ?? []),
    };
    for (const [name, value] of Object.entries(known)) scope.set(name, value);
    const check = new Check(table);
    await check.value(await run(python.evaluate(readExpression(source), scope)), item.out, "result");
    return check.worst;
  });
}
