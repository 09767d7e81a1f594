import { type DType, isTensor, nn, type Tensor } from "adjoint";
import { describe, expect, it } from "vitest";
import { camel, type Case, type Golden, haveGoldens, mismatch, openGolden, plain, type Reference, skipReason } from "./support.ts";

type Options = Readonly<Record<string, unknown>>;
type Built = { module: nn.Module; forward(inputs: readonly Tensor[], options: Options): readonly (Tensor | null)[] };
const layer = (module: nn.Layer): Built => ({ module, forward: ([x]) => [module.forward(x)] });
const loss = (module: nn.Module & { forward(x: Tensor, target: Tensor): Tensor }): Built => ({ module, forward: ([x, target]) => [module.forward(x, target)] });

/** Each module from PyTorch's positional arguments and keywords (in camelCase). */
const builders: Readonly<Record<string, (args: readonly unknown[], options: Options) => Built>> = {
  Linear: ([into, out], options) => layer(new nn.Linear(into as number, out as number, options)),
  Embedding: ([count, size], { numEmbeddings, embeddingDim, ...options }) => layer(new nn.Embedding((count ?? numEmbeddings) as number, (size ?? embeddingDim) as number, options)),
  LayerNorm: ([shape, eps, affine], options) => layer(new nn.LayerNorm(shape as number[], { ...options, ...(eps === undefined ? {} : { eps: eps as number }), ...(affine === undefined ? {} : { elementwiseAffine: affine as boolean }) })),
  GELU: ([approximate = "none"]) => layer(new nn.GELU({ approximate: approximate as "none" })),
  Tanh: () => layer(new nn.Tanh()), Sigmoid: () => layer(new nn.Sigmoid()), SiLU: () => layer(new nn.SiLU()), ReLU: () => layer(new nn.ReLU()), Identity: () => layer(new nn.Identity()),
  MSELoss: (_, options) => loss(new nn.MSELoss(options)),
  CrossEntropyLoss: (_, options) => loss(new nn.CrossEntropyLoss(options)),
  MultiheadAttention: ([size, heads], { embedDim, numHeads, addBiasKv: _, addZeroAttn: __, ...options }) => {
    const module = new nn.MultiheadAttention((size ?? embedDim) as number, (heads ?? numHeads) as number, options);
    return { module, forward: ([q, k, v], given) => module.forward(q, k, v, given) };
  },
};

/** What this version cannot do yet, and so does not compare. */
const skips: readonly { readonly reason: string; readonly of: (c: Case, kw: Options) => boolean }[] = [
  { reason: "MultiheadAttention: bias_k, bias_v, add_zero_attn, kdim, vdim", of: (c, kw) => c.module === "MultiheadAttention" && (kw.addBiasKv === true || kw.addZeroAttn === true || "kdim" in kw || "vdim" in kw) },
  { reason: "Embedding: max_norm, scale_grad_by_freq, sparse", of: (c, kw) => c.module === "Embedding" && ("maxNorm" in kw || "scaleGradByFreq" in kw || "sparse" in kw) },
  { reason: "CrossEntropyLoss: weight, probabilities as targets, more than two dims", of: (c, kw) => c.module === "CrossEntropyLoss" && ("weight" in kw || (c.t as { sh: number[]; dt: string }[])[0].sh.length > 2 || (c.t as { dt: string }[])[1]?.dt !== "int64") },
];

/** The arguments of "nn.MultiheadAttention(8, 2, bias=False)". */
function parsed(expression: string): { args: unknown[]; kw: Options } {
  const args: unknown[] = [], kw: Record<string, unknown> = {};
  const literal = (text: string): unknown => (text.startsWith("torch.") ? text : JSON.parse(text.replaceAll("'", '"').replace("True", "true").replace("False", "false").replace(/^\((.*?),?\)$/, "[$1]")));
  const inside = /^nn\.\w+\((.*)\)$/.exec(expression)?.[1] ?? "";
  for (const part of inside.match(/(?:\([^)]*\)|[^,])+/g) ?? []) {
    const [, name, text] = /^\s*(?:(\w+)=)?(.*?)\s*$/.exec(part)!;
    if (name === undefined) args.push(literal(text));
    else kw[camel(name)] = literal(text);
  }
  return { args, kw };
}
const camelKeys = (value: Options): Options => Object.fromEntries(Object.entries(value).map(([key, item]) => [camel(key), plain(item)]));
const argumentsOf = (c: Case): { args: readonly unknown[]; kw: Options } => {
  if (typeof c.expr === "string") return parsed(c.expr);
  const { args, kw } = c.ctor as { args: unknown[]; kw: Options };
  return { args: plain(args) as unknown[], kw: camelKeys(kw) };
};
const isReference = (value: unknown): value is Reference => typeof value === "object" && value !== null && "$t" in value;

async function compare(golden: Golden, c: Case, built: Built, dtype: DType): Promise<void> {
  const { module } = built, tolerance = (e: number): number => (dtype === "float64" ? 1e-9 : Math.max(1e-5, 10 * e));
  const same = (got: Tensor, at: Reference, what: string): void => {
    const { data, shape, error32 } = golden.read(c, at);
    expect(got.shape, `${c.id} ${what}`).toEqual(shape);
    expect(mismatch(got.dataSync(), data, tolerance(error32)), `${c.id} ${what}`).toBeNull();
  };
  await module.to(dtype);
  module.loadStateDict(Object.fromEntries(Object.entries(c.init as Record<string, Reference>).map(([name, at]) => [name, golden.load(c, at, dtype)])));
  module.train(c.training as boolean);
  expect(String(module), c.id).toBe(c.repr);
  expect(module.namedParameters().map(([name]) => name), c.id).toEqual(c.params);
  // One table entry is one tensor: attention sees that query, key and value are the same.
  const loaded = new Map<number, Tensor>();
  const load = (at: Reference): Tensor => loaded.get(at.$t) ?? loaded.set(at.$t, golden.load(c, at, dtype)).get(at.$t)!;
  const { input, target, query, key, value, ...rest } = (c.kw ?? {}) as Record<string, unknown>;
  const inputs = [...(c.args as unknown[]), input, target, query, key, value].filter(isReference).map(load);
  const options = Object.fromEntries(Object.entries(rest).filter(([, item]) => item !== null).map(([name, item]) => [camel(name), isReference(item) ? load(item) : plain(item)]));
  const outputs = built.forward(inputs, options).filter(isTensor);
  const expected = [c.out].flatMap((out) => (isReference(out) ? [out] : (out as { $tuple: unknown[] }).$tuple.filter(isReference)));
  expect(outputs.length, c.id).toBe(expected.length);
  outputs.forEach((out, i) => same(out, expected[i], `output ${i}`));
  const total = ((c.cot ?? []) as [number, number][]).map(([k, at]) => outputs[k].mul(load({ $t: at })).sum()).reduce<Tensor | undefined>((sum, x) => sum?.add(x) ?? x, undefined);
  if (total === undefined || !total.requiresGrad) return;
  total.backward();
  for (const [at, result] of (c.grad ?? []) as [number, number | null][]) if (result !== null) same(load({ $t: at }).grad!, { $t: result }, `gradient of input ${at}`);
  const parameters = new Map(module.namedParameters());
  for (const [name, at] of Object.entries((c.pgrad ?? {}) as Record<string, Reference | null>)) if (at !== null) same(parameters.get(name)!.grad!, at, `gradient of ${name}`);
}

describe("modules of PyTorch", () => {
  for (const dtype of ["float64", "float32"] as const)
    it(`give its outputs and gradients, in ${dtype}`, async (context) => {
      if (!haveGoldens) return context.skip(skipReason);
      const golden = await openGolden("dev/modules/modules.json"), used = new Set<string>();
      let compared = 0;
      for (const c of golden.cases) {
        const build = builders[c.module as string];
        if (build === undefined || c.check === "meta") continue;
        const { args, kw } = argumentsOf(c), skip = skips.find(({ of }) => of(c, kw));
        if (skip === undefined) {
          await compare(golden, c, build(args, kw), dtype);
          compared++;
        } else used.add(skip.reason);
      }
      expect(compared).toBeGreaterThan(50);
      expect([...used].sort(), "a skip that nothing needs").toEqual(skips.map(({ reason }) => reason).sort());
    });
});
