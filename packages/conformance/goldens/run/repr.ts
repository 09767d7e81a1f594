/** @file Cases of printing: tensors, results of expressions with their grad_fn, modules, optimizers and containers. */
import { type Backend, isComplex, isTensor, setPrintOptions } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import { Unsupported, type Value } from "../python/values.ts";
import { repr, str } from "../python/text.ts";
import { setPrinting } from "../torch/environment.table.ts";
import { program, python, readExpression } from "../torch/host.ts";
import { Mismatch } from "./compare.ts";
import { Table } from "./decode.ts";
import { objectOf } from "./printed.ts";
import { type GoldenRecord, verdict } from "./verdict.ts";

type ReprCase = GoldenCase & {
  readonly repr: string; readonly str?: string; readonly x?: unknown; readonly call?: string; readonly env?: { readonly [name: string]: unknown }; readonly name?: string | null; readonly py?: string;
  readonly opts?: { readonly [name: string]: string | number | boolean | null };
};

/** int64 is int32 here, the integer that is not named: the suffix of either is left out on both sides. */
const bare = (text: string): string => text.replace(/,\s+dtype=torch\.int(32|64)\b/g, "").replace(/torch\.int32\b/g, "torch.int64");
export function sameText(got: string, want: string): void {
  if (bare(got) !== bare(want)) throw new Mismatch(`printed ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
}

export async function runRepr(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as ReprCase;
  return await verdict(item.id, async () => {
    const table = new Table(pack, item, device);
    try {
      if (item.opts !== undefined) setPrinting(item.opts);
      const value = await subject(item, table);
      sameText(String(await run(repr(value, python))), item.repr);
      if (item.str !== undefined) sameText(String(await run(str(value, python))), item.str);
      if (item.name !== undefined && (isTensor(value) || isComplex(value)) && (value.gradFn?.name ?? null) !== item.name) throw new Mismatch(`grad_fn ${String(value.gradFn?.name ?? null)}, expected ${String(item.name)}`);
    } finally {
      setPrintOptions({ profile: "default" });
    }
    return 0;
  });
}

async function subject(item: ReprCase, table: Table): Promise<Value> {
  if (item.x !== undefined) return table.decode(item.x);
  if (item.call !== undefined) {
    const scope = program();
    for (const [name, value] of Object.entries(item.env ?? {})) scope.set(name, table.decode(value));
    return await run(python.evaluate(readExpression(item.call), scope));
  }
  if (item.py !== undefined) return objectOf(item.repr);
  throw new Unsupported("a case that says not what to print");
}
