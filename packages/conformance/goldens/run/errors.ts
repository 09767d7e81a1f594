/** @file Python snippets: what they hand to `out`, the error that ends them, the warnings on the way. */
import { autograd, type Backend, setGradEnabled } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { run } from "../python/steps.ts";
import type { Native, Value } from "../python/values.ts";
import { program, python, readPython } from "../torch/host.ts";
import { Check, Mismatch } from "./compare.ts";
import { Table } from "./decode.ts";
import { saysTheSame } from "./messages.ts";
import { expectError, type GoldenRecord, verdict } from "./verdict.ts";
import { warnings } from "../torch/warnings.ts";

type Snippet = GoldenCase & { readonly code: string; readonly results?: readonly unknown[]; readonly warnings?: readonly string[] };

export async function runErrors(pack: Pack, given: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const item = given as Snippet;
  return await verdict(item.id, async () => {
    const scope = program(), results: Value[] = [], table = new Table(pack, item, device);
    scope.set("out", ((args) => { results.push(...args); return null; }) satisfies Native);
    warnings.length = 0;
    const execute = (): Promise<unknown> => run(python.execute(readPython(item.code), scope));
    try {
      if (item.error === undefined) await execute();
      else await expectError(item.error, execute);
    } finally {
      // What a snippet switches is off for the next.
      setGradEnabled(true);
      autograd.setDetectAnomaly(false);
    }
    const wanted = item.results ?? [], check = new Check(table);
    if (results.length !== wanted.length) throw new Mismatch(`${results.length} results, expected ${wanted.length}`);
    for (const [i, want] of wanted.entries()) await check.value(results[i], want, `result ${i}`);
    for (const text of item.warnings ?? []) if (!warnings.some((said) => saysTheSame(said, text))) throw new Mismatch(`no warning, expected "${text}"`);
    return check.worst;
  });
}
