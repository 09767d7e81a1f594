/** @file Anomaly mode: the node and the forward line are named, on devices that read at once and on those that do not. */
import { cpu } from "@adjoint/backend-cpu-js";
import { autograd, type Backend, grad, memory, onWarning, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ruins } from "./ruins.ts";

const { AnomalyError, checkAnomalies, detectAnomaly, isAnomalyEnabled, setDetectAnomaly } = autograd;
const device = cpu(), warnings: string[] = [];
let before: ReturnType<typeof onWarning>;
beforeEach(() => {
  setDefaultDevice(device);
  warnings.length = 0;
  before = onWarning((text) => warnings.push(text));
});
afterEach(() => {
  onWarning(before);
  setDetectAnomaly(false);
});
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

/** 0 * (1 / (2 sqrt(0))) is NaN. */
function theBadLine(x: Tensor): Tensor {
  return x.sqrt().mul(0);
}
class Broken extends autograd.Function {
  static forward(_: autograd.FunctionContext, x: Tensor): Tensor { return x.mul(2); }
  static backward(): Tensor { throw new RangeError("mine"); }
}

describe("a NaN", () => {
  test("names the node and the line that made it", () => {
    const error = ruins<autograd.AnomalyError>(() => detectAnomaly(() => theBadLine(leaf(0, 1)).sum().backward()));
    expect(error).toBeInstanceOf(AnomalyError);
    expect([error.message, error.node]).toEqual(["Function 'SqrtBackward0' returned nan values in its 0th output.", "SqrtBackward0"]);
    expect(error.forwardStack!.split("\n")[0]).toMatch(/theBadLine .*anomaly\.test\.ts:\d+/);
    expect(error.stack).toContain("Traceback of forward call that caused the error:");
    expect(warnings[0]).toBe("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.");
    expect(warnings[1]).toMatch(/^Error detected in SqrtBackward0\. Traceback of forward call that caused the error:\n.*theBadLine/);
  });
  test("of a second derivative names both lines", () => {
    const x = leaf(0);
    const error = ruins<autograd.AnomalyError>(() => detectAnomaly(() => {
      const [g] = grad(x.pow(1.5), x, { createGraph: true }) as [Tensor];
      grad(g.mul(0), x);
    }));
    expect(error.message).toContain("returned nan values in its 1th output.");
    expect(error.forwardStack).toContain("Previous calculation was induced by PowBackward0.");
  });
  test("is let through where nobody checks", () => {
    const x = leaf(0);
    detectAnomaly(() => theBadLine(x).backward(), { checkNan: false });
    theBadLine(x).backward();
    expect(x.grad!.itemSync()).toBeNaN();
  });
  test("on a device without synchronous reads is found by checkAnomalies", async () => {
    const { readSync: _, ...rest } = cpu(), slow: Backend = rest;
    const x = tensor([0], { device: slow, requiresGrad: true });
    detectAnomaly(() => theBadLine(x).backward());
    await expect(checkAnomalies()).rejects.toThrow("Function 'SqrtBackward0' returned nan values in its 0th output.");
    await checkAnomalies();
  });
});

describe("an error in backward", () => {
  test("keeps its class and message, and its stack goes on with the forward call", () => {
    setDetectAnomaly(true);
    const error = ruins(() => Broken.apply(leaf(1)).mul(1).backward());
    expect([error.constructor, error.message, isAnomalyEnabled()]).toEqual([RangeError, "mine", true]);
    expect(error.stack).toMatch(/Error detected in BrokenBackward\. Traceback of forward call that caused the error:\n.*anomaly\.test\.ts:\d+/);
  });
  test("of a graph made before says that nothing is known", () => {
    const y = Broken.apply(leaf(1));
    expect(ruins(() => detectAnomaly(() => y.backward())).stack).toContain("No forward pass information available. Enable detect anomaly during forward pass for more information.");
  });
  test("of a value changed in place gives the other hint", () => {
    const change = (): void => { const b = leaf(1).exp(); b.add_(1); b.backward(); };
    expect(ruins(change).message).toContain("Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).");
    expect(ruins(() => detectAnomaly(change)).message).toContain("Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!");
  });
});

test("the mode ends with its function, and leaves nothing behind", () => {
  const live = memory().tensors, s = scope();
  expect(ruins(() => detectAnomaly(() => s.run(() => theBadLine(leaf(0)).backward()))).message).toContain("nan");
  expect(isAnomalyEnabled()).toBe(false);
  expect(() => detectAnomaly(async () => 1)).toThrow("detectAnomaly takes a synchronous function");
  s.close();
  expect(memory().tensors).toBe(live);
});
