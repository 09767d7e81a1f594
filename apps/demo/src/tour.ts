/** @file The autograd tour: PyTorch's first lesson, line by line, on any device. Knows no backend. */
import { type Backend, noGrad, ones, randn, scope, type Tensor } from "adjoint";

/** A line of the tour: what is written, and what it prints. */
export type TourLine = { readonly code: string; readonly output: string };
export type Tour = {
  readonly lines: readonly TourLine[];
  /** Every number that was printed, in order: compared between devices. */
  readonly numbers: readonly number[];
};

/** Runs the tour on a device. The random numbers come from the device's stream: call `manualSeed` before. */
export async function runTour(device: Backend): Promise<Tour> {
  const lines: TourLine[] = [], numbers: number[] = [];
  const show = async (code: string, value: Tensor): Promise<void> => {
    lines.push({ code, output: await value.format() });
    numbers.push(...(await value.data()));
  };
  const fails = (code: string, run: () => void): void => {
    try {
      run();
      lines.push({ code, output: "(no error)" });
    } catch (error) {
      lines.push({ code, output: `${(error as Error).name}: ${(error as Error).message}` });
    }
  };
  const here = scope("the tour");
  try {
    const leaf = (make: () => Tensor): Tensor => here.run(make);

    const x = leaf(() => randn([3], { requiresGrad: true, device }));
    await show("x = randn([3], { requiresGrad: true })", x);
    const y = x.add(2);
    await show("y = x.add(2)", y);
    const z = y.mul(y).mul(2);
    await show("z = y.mul(y).mul(2)", z);
    const mean = z.mean();
    await show("z.mean()", mean);
    mean.backward();
    await show("z.mean().backward(); x.grad", x.grad!);

    const plain = leaf(() => randn([3], { device }));
    fails("randn([3]).sum().backward()", () => plain.sum().backward());

    const a = leaf(() => ones([2, 2], { requiresGrad: true, device }));
    const b = a.add(2);
    const out = b.mul(b).mul(3).mean();
    await show("a = ones([2, 2], { requiresGrad: true }); b = a.add(2); out = b.mul(b).mul(3).mean()", out);
    out.backward();
    await show("out.backward(); a.grad", a.grad!);

    const v3 = leaf(() => ones([3], { requiresGrad: true, device }));
    const vector = v3.add(2).square().mul(3);
    await show("w = ones([3], { requiresGrad: true }).add(2).square().mul(3)", vector);
    fails("w.backward()", () => vector.backward());
    vector.backward(here.tensor([0.1, 1, 0.001], { device }));
    await show("w.backward(tensor([0.1, 1, 0.001])); the vector-Jacobian product", v3.grad!);

    const free = leaf(() => randn([3], { requiresGrad: true, device }));
    free.requiresGrad_(false);
    await show("free.requiresGrad_(false)", free);
    await show("x.detach()", x.detach());
    const untracked = noGrad(() => x.add(2));
    await show("noGrad(() => x.add(2))", untracked);

    const weights = leaf(() => ones([4], { requiresGrad: true, device }));
    for (let epoch = 0; epoch < 2; epoch++) {
      weights.mul(3).sum().backward();
      await show(`epoch ${epoch}: weights.mul(3).sum().backward(); weights.grad`, weights.grad!);
    }
    weights.grad!.zero_();
    for (let epoch = 0; epoch < 2; epoch++) {
      weights.mul(3).sum().backward();
      await show(`epoch ${epoch}, zeroed each time: weights.grad`, weights.grad!);
      weights.grad!.zero_();
    }
    await show("weights.grad.zero_(); weights.grad", weights.grad!);
    const rows = here.tensor([[1, 2], [3, 4]], { device });
    await show("tensor([[1, 2], [3, 4]]).matmul(ones([2, 2]))", rows.matmul(a.detach()));
  } finally {
    here.close();
  }
  return { lines, numbers };
}
