/** @file Training the character transformer on one device, and sampling from it. */
import { type Backend, crossEntropy, manualSeed, memory, noGrad, optim, scope } from "adjoint";
import { type Corpus, drawBatch, hostRandom } from "./corpus.ts";
import { CharTransformer, defaultSize, type ModelSize } from "./model.ts";

export type TrainOptions = { readonly steps: number; readonly seed: number; readonly batch?: number; readonly size?: ModelSize; readonly lr?: number; /** Ends it early, after a step. */ readonly signal?: AbortSignal };
export type Step = {
  readonly step: number; readonly loss: number; readonly tokensPerSecond: number; readonly liveBytes: number;
  /** What the step was to a device that counts it. */
  readonly dispatches: number | undefined; readonly submits: number | undefined;
};
export type Trained = { readonly model: CharTransformer; readonly losses: readonly number[]; readonly seconds: number };

/** Trains from a seed; the same seed gives the same losses on every device, within rounding. */
export async function train(device: Backend, corpus: Corpus, options: TrainOptions, onStep: (step: Step) => void = () => {}): Promise<Trained> {
  const { steps, seed, batch = 16, size = defaultSize, lr = 3e-3, signal } = options;
  manualSeed(seed);
  const random = hostRandom(seed);
  const model = new CharTransformer(corpus.characters.length, size, device);
  const optimizer = new optim.AdamW([...model.parameters()], { lr });
  const losses: number[] = [];
  let seconds = 0;
  for (let step = 0; step < steps && signal?.aborted !== true; step++) {
    const { inputs, targets } = drawBatch(corpus, batch, size.context, random);
    const from = performance.now(), { dispatches = 0, submits = 0 } = device.counters ?? {};
    const s = scope(`step ${step}`);
    try {
      const x = s.tensor(inputs, { device, shape: [batch, size.context] });
      const y = s.tensor(targets, { device });
      const loss = crossEntropy(model.forward(x).reshape([batch * size.context, -1]), y);
      optimizer.zeroGrad();
      loss.backward();
      for (const group of optimizer.paramGroups) group.lr = lr * schedule(step, steps);
      optimizer.step();
      losses.push(await loss.item());
    } finally {
      s.close();
    }
    const took = (performance.now() - from) / 1000;
    seconds += took;
    const after = device.counters;
    onStep({
      step, loss: losses[step]!, tokensPerSecond: (batch * size.context) / took, liveBytes: memory(device).bytes,
      dispatches: after && after.dispatches - dispatches, submits: after && after.submits - submits,
    });
  }
  return { model, losses, seconds };
}

/** Up over the first steps, then down along a cosine to a tenth. */
const schedule = (step: number, steps: number): number => {
  const warm = Math.min(1, (step + 1) / Math.min(20, steps));
  return warm * (0.1 + 0.45 * (1 + Math.cos((Math.PI * step) / steps)));
};

/** Continues a text, character by character, drawn from the model's probabilities. */
export async function sample(model: CharTransformer, device: Backend, corpus: Corpus, start: string, length: number, seed: number): Promise<string> {
  const random = hostRandom(seed);
  const tokens = [...start].map((c) => Math.max(0, corpus.characters.indexOf(c)));
  for (let i = 0; i < length; i++) {
    const window = Int32Array.from(tokens.slice(-model.size.context));
    const s = scope("sample");
    try {
      const scores = noGrad(() => model.forward(s.tensor(window, { device, shape: [1, window.length] })).select(1, window.length - 1).softmax(-1));
      const probabilities = await scores.data();
      let at = random(), next = 0;
      while (next < probabilities.length - 1 && (at -= probabilities[next]!) > 0) next++;
      tokens.push(next);
    } finally {
      s.close();
    }
  }
  return tokens.map((t) => corpus.characters[t]!).join("");
}
