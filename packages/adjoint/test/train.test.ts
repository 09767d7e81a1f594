import { arange, add, type DType, matmul, nn, optim, scope, slice, stack, type Tensor, where } from "adjoint";
import { describe, expect, it } from "vitest";
import { camel, type Case, haveGoldens, mismatch, openGolden, plain, type Reference, skipReason } from "./support.ts";

/** The golden's tiny GPT with one attention written out and tied output weights. */
class TinyGPT extends nn.Module {
  readonly tok: nn.Embedding;
  readonly pos: nn.Embedding;
  readonly ln1: nn.LayerNorm;
  readonly ln2: nn.LayerNorm;
  readonly lnf: nn.LayerNorm;
  readonly qkv: nn.Linear;
  readonly proj: nn.Linear;
  readonly ff: nn.Sequential;
  constructor(place: nn.PlaceOptions) {
    super();
    const d = 8;
    this.tok = new nn.Embedding(11, d, place);
    this.pos = new nn.Embedding(9, d, place);
    [this.ln1, this.ln2, this.lnf] = [new nn.LayerNorm(d, place), new nn.LayerNorm(d, place), new nn.LayerNorm(d, place)];
    this.qkv = new nn.Linear(d, 3 * d, place);
    this.proj = new nn.Linear(d, d, place);
    this.ff = new nn.Sequential(new nn.Linear(d, 4 * d, place), new nn.GELU(), new nn.Linear(4 * d, d, place));
  }
  override forward(tokens: Tensor): Tensor {
    const [b, t] = tokens.shape;
    let x = add(this.tok.forward(tokens), this.pos.forward(arange(t)));
    const qkv = this.qkv.forward(this.ln1.forward(x)).view([b, t, 3, 2, 4]).permute([2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => qkv.select(0, i));
    const later = arange(t).gt(arange(t).unsqueeze(1));
    const weights = where(later, -Infinity, matmul(q, k.transpose(-2, -1)).div(2)).softmax(-1);
    x = add(x, this.proj.forward(matmul(weights, v).transpose(1, 2).reshape([b, t, 8])));
    x = add(x, this.ff.forward(this.ln2.forward(x)));
    return matmul(this.lnf.forward(x), this.tok.weight.t());
  }
}

type Data = Readonly<Record<string, Tensor>>;
type Program = { make(place: nn.PlaceOptions): nn.Module & { forward(x: Tensor): Tensor }; loss(model: { forward(x: Tensor): Tensor }, data: Data): Tensor; clip?: number; thirds?: true };
const mlp: Program = {
  make: (place) => new nn.Sequential(new nn.Linear(4, 8, place), new nn.Tanh(), new nn.Linear(8, 3, place)),
  loss: (model, { x, y }) => new nn.CrossEntropyLoss().forward(model.forward(x), y),
};
const programs: readonly (readonly [RegExp, Program])[] = [
  [/^train\/mlp\/(SGD|Adam(_|W))/, mlp],
  [/^train\/reg_mlp\/(SGD|Adam(_|W))/, {
    make: (p) => new nn.Sequential(new nn.Linear(3, 10, p), new nn.ReLU(), new nn.Linear(10, 10, p), new nn.SiLU(), new nn.Linear(10, 1, p)),
    loss: (model, { x, y }) => new nn.MSELoss().forward(model.forward(x), y),
  }],
  [/^train\/loop\/clipped/, { ...mlp, clip: 0.5 }],
  [/^train\/loop\/accumulate/, { ...mlp, thirds: true }],
  [/^train\/transformer\/tiny_gpt/, {
    make: (place) => new TinyGPT(place),
    loss: (model, { x }) => {
      const out = model.forward(slice(x, 1, 0, -1));
      return new nn.CrossEntropyLoss().forward(out.reshape([-1, 11]), slice(x, 1, 1).reshape([-1]));
    },
  }],
];

/** Runs the loop; the losses before each step. */
function train(program: Program, model: ReturnType<Program["make"]>, optimizer: { step(): void; zeroGrad(): void }, data: Data, steps: number): Tensor {
  const losses: Tensor[] = [];
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    const parts = program.thirds === true ? [0, 1, 2].map((k) => program.loss(model, Object.fromEntries(Object.entries(data).map(([name, x]) => [name, slice(x, 0, k, Infinity, 3)]))).div(3)) : [program.loss(model, data)];
    for (const part of parts) part.backward();
    if (program.clip !== undefined) nn.clipGradNorm_(model.parameters(), program.clip);
    optimizer.step();
    losses.push(parts.map((part) => part.detach()).reduce((sum, part) => sum.add(part)));
  }
  return stack(losses);
}

describe("trajectories of PyTorch", () => {
  for (const dtype of ["float64", "float32"] as const satisfies DType[])
    it(`train as there, in ${dtype}`, async (context) => {
      if (!haveGoldens) return context.skip(skipReason);
      const golden = await openGolden("dev/train/trajectories.json");
      let compared = 0;
      for (const one of golden.cases) {
        const program = programs.find(([id]) => id.test(one.id))?.[1];
        if (program === undefined) continue;
        run(one, program);
        compared++;
      }
      expect(compared).toBe(12);

      function run(one: Case, program: Program): void {
        const s = scope();
        s.run(() => {
          const loaded = (of: unknown): Data => Object.fromEntries(Object.entries(of as Record<string, Reference>).map(([name, at]) => [name, golden.load(one, at, dtype)]));
          const model = program.make({ dtype });
          model.loadStateDict(loaded(one.init));
          const { class: name, kw } = one.optimizer as { class: "SGD" | "Adam" | "AdamW"; kw: Record<string, unknown> };
          const optimizer = new optim[name](model.parameters(), Object.fromEntries(Object.entries(kw).map(([key, value]) => [camel(key), plain(value)])));
          const losses = train(program, model, optimizer, loaded(one.data), one.steps as number);
          const drift = Math.max(1e-5, 10 * (one.loss_drift as number));
          expect(mismatch(losses.dataSync(), golden.read(one, one.losses64 as Reference).data, dtype === "float64" ? 1e-10 : drift), one.id).toBeNull();
          const state = model.stateDict();
          for (const [key, at] of Object.entries(one.final as Record<string, Reference>)) {
            const { data, error32 } = golden.read(one, at);
            expect(mismatch(state[key].dataSync(), data, dtype === "float64" ? 1e-9 : Math.max(1e-5, 10 * error32)), `${one.id} ${key}`).toBeNull();
          }
          model.dispose();
          optimizer.dispose();
        });
        s.close();
      }
    });
});
