/** @file Custom functions, on the cpu backend: what forward says, what backward gets and gives, what is refused. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AdjointError, autograd, func, grad, memory, noGrad, ones, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

type Ctx = autograd.FunctionContext;
const device = cpu();
beforeAll(() => setDefaultDevice(device));
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });
const numbers = (x: Tensor | null | undefined): unknown => x?.toArraySync() ?? null;

class Exp extends autograd.Function {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    const y = x.exp();
    ctx.saveForBackward(y);
    return y;
  }
  static backward(ctx: Ctx, g: Tensor): Tensor {
    return g.mul(ctx.savedTensors[0]!);
  }
}
class Square extends autograd.Function {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    ctx.saveForBackward(x, null);
    return x.mul(x);
  }
  static backward(ctx: Ctx, g: Tensor): Tensor {
    const [x, none] = ctx.savedTensors;
    expect(none).toBe(null);
    return g.mul(x!).mul(2);
  }
}

describe("a custom function", () => {
  test("is one node of its name", () => {
    const x = leaf(0, 1), y = Exp.apply(x);
    expect([y.gradFn!.name, String(y)]).toEqual(["ExpBackward", "tensor([1.0000, 2.7183], grad_fn=<ExpBackward>)"]);
    y.sum().backward();
    expect(numbers(x.grad)).toEqual(numbers(y.detach()));
  });
  test("is differentiated as often as its backward can be", () => {
    const x = tensor([1.5], { dtype: "float64", requiresGrad: true });
    const [first] = grad(Square.apply(Exp.apply(x)), x, { createGraph: true }) as [Tensor]; // exp(2x)
    const [second] = grad(first, x, { createGraph: true }) as [Tensor];
    expect(grad(second, x)[0]!.itemSync()).toBeCloseTo(8 * Math.exp(3), 8);
  });
  test("takes and gives what is no tensor", () => {
    class Scale extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor, factor: number, name: string): [Tensor, string] {
        ctx.factor = factor;
        expect(ctx.needsInputGrad).toEqual([true, false, false]);
        return [x.mul(factor), `${name}!`];
      }
      static backward(ctx: Ctx, g: Tensor, none: null): [Tensor, null, null] {
        expect(none).toBe(null);
        return [g.mul(ctx.factor as number), null, null];
      }
    }
    const x = leaf(1, 2), [y, name] = Scale.apply(x, 3, "scaled");
    y.sum().backward();
    expect([name, numbers(x.grad)]).toEqual(["scaled!", [3, 3]]);
  });
  test("gets zeros for a result that was not used, or null if it asks for that", () => {
    const seen: unknown[] = [];
    class Two extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor, materialize: boolean): [Tensor, Tensor] {
        ctx.setMaterializeGrads(materialize);
        return [x.mul(2), x.mul(3)];
      }
      static backward(_: Ctx, a: Tensor | null, b: Tensor | null): (Tensor | null)[] {
        seen.push([numbers(a), numbers(b)]);
        return [a!.mul(2), null];
      }
    }
    for (const materialize of [true, false]) Two.apply(leaf(1, 1), materialize)[0].sum().backward();
    expect(seen).toEqual([[[1, 1], [0, 0]], [[1, 1], null]]);
  });
  test("runs with zeros behind one that gives no gradient", () => {
    class Stop extends autograd.Function {
      static forward(_: Ctx, x: Tensor): Tensor { return x.mul(1); }
      static backward(): null { return null; }
    }
    const x = leaf(1, 2);
    Stop.apply(Exp.apply(x)).sum().backward();
    expect(numbers(x.grad)).toEqual([0, 0]);
    const y = leaf(1);
    Stop.apply(y.mul(2)).backward();
    expect(y.grad).toBe(null);
  });
  test("may say that a result has no gradient", () => {
    class Signs extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor): [Tensor, Tensor, Tensor] {
        const positive = x.gt(0), rounded = x.round();
        ctx.markNonDifferentiable(positive, rounded);
        return [x.mul(2), positive, rounded];
      }
      static backward(_: Ctx, g: Tensor): Tensor { return g.mul(2); }
    }
    const x = leaf(-1, 1), [y, ...others] = Signs.apply(x);
    expect([y.requiresGrad, ...others.map((o) => o.requiresGrad)]).toEqual([true, false, false]);
    y.sum().backward();
    expect(numbers(x.grad)).toEqual([2, 2]);
  });
  test("may change an input in place", () => {
    class AddOne extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor): Tensor { ctx.markDirty(x); return x.add_(1); }
      static backward(_: Ctx, g: Tensor): Tensor { return g.mul(10); }
    }
    const x = leaf(1, 2), y = x.mul(2), same = AddOne.apply(y);
    expect(same).toBe(y);
    expect(y.gradFn!.name).toBe("AddOneBackward");
    y.sum().backward();
    expect([numbers(y), numbers(x.grad)]).toEqual([[3, 5], [20, 20]]);
    const z = leaf(1, 2).mul(2), part = AddOne.apply(z.narrow(0, 0, 1));
    expect([part.gradFn!.name, z.gradFn!.name, numbers(z)]).toEqual(["AsStridedBackward0", "CopySlices", [3, 4]]);
    expect(() => AddOne.apply(leaf(1))).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
  });
  test("may return an input as it is", () => {
    class Identity extends autograd.Function {
      static forward(_: Ctx, x: Tensor): Tensor { return x; }
      static backward(_: Ctx, g: Tensor): Tensor { return g.neg(); }
    }
    const x = leaf(1), y = Identity.apply(x);
    expect([y === x, x.isLeaf, y.gradFn!.name]).toEqual([false, true, "IdentityBackward"]);
    y.backward();
    expect(numbers(x.grad)).toEqual([-1]);
    expect(noGrad(() => Identity.apply(x)).requiresGrad).toBe(false);
  });
  test("returns a base as it is, and leaves its views alone", () => {
    class Scale extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor): Tensor { ctx.saveForBackward(x); return x; }
      static backward(ctx: Ctx, g: Tensor): Tensor { return g.mul(ctx.savedTensors[0]!); }
    }
    const x = leaf(1, 2), base = x.mul(1), view = base.narrow(0, 0, 1), same = Scale.apply(base);
    base.mul_(3);
    view.sum().backward(undefined, { retainGraph: true });
    expect([numbers(view), numbers(x.grad)]).toEqual([[3], [3, 0]]);
    expect(() => same.add_(1)).toThrow("or because an input was returned as-is");
    const y = leaf(2), [g] = grad(Scale.apply(y), y, { createGraph: true }) as [Tensor]; // y, saved as the input it was
    expect(grad(g, y)[0]!.itemSync()).toBe(1);
  });
  test("may be split into forward and setupContext", () => {
    class Cube extends autograd.Function {
      static forward(x: Tensor): Tensor { return x.pow(3); }
      static setupContext(ctx: Ctx, [x]: [Tensor]): void { ctx.saveForBackward(x); }
      static backward(ctx: Ctx, g: Tensor): Tensor { return g.mul(ctx.savedTensors[0]!.square().mul(3)); }
    }
    const x = leaf(2);
    Cube.apply(x).backward();
    expect(numbers(x.grad)).toEqual([12]);
  });
  test("gives a gradient of another dtype or a broadcast shape, which is made to fit", () => {
    class Wide extends autograd.Function {
      static forward(_: Ctx, x: Tensor): Tensor { return x.mul(1); }
      static backward(): Tensor { return ones([3, 2], { dtype: "float64" }); }
    }
    const x = leaf(1, 2);
    Wide.apply(x).sum().backward();
    expect([x.grad!.dtype, numbers(x.grad)]).toEqual(["float32", [3, 3]]);
  });
  test("may be differentiable once", () => {
    class Once extends autograd.Function {
      static forward(ctx: Ctx, x: Tensor): Tensor { ctx.saveForBackward(x); return x.square(); }
      static backward: (ctx: Ctx, g: Tensor) => Tensor = autograd.onceDifferentiable((ctx: Ctx, g: Tensor) => g.mul(ctx.savedTensors[0]!).mul(2));
    }
    const x = leaf(3), [g] = grad(Once.apply(x).square(), x, { createGraph: true }) as [Tensor];
    expect(g.itemSync()).toBe(108);
    expect(() => g.mul(2).backward()).toThrow("trying to differentiate twice a function that was marked with @once_differentiable");
  });
});

describe("under function transforms", () => {
  class Sin extends autograd.Function {
    static forward(ctx: Ctx, x: Tensor): Tensor { ctx.saveForBackward(x); ctx.saveForForward(x); return x.sin(); }
    static backward(ctx: Ctx, g: Tensor): Tensor { return g.mul(ctx.savedTensors[0]!.cos()); }
    static jvp(ctx: Ctx, t: Tensor): Tensor { return t.mul(ctx.savedTensors[0]!.cos()); }
  }
  const x = tensor([0.4, 1.6], { device, dtype: "float64" }), one = tensor([1, 1], { device, dtype: "float64" });
  const cos = [0.4, 1.6].map(Math.cos), sin = [0.4, 1.6].map((v) => -Math.sin(v));
  test.each<readonly [string, () => unknown, readonly number[]]>([
    ["grad", () => func.grad((p: Tensor) => Sin.apply(p).sum())(x), cos],
    ["grad of grad", () => func.grad((p: Tensor) => func.grad((q: Tensor) => Sin.apply(q).sum())(p).sum())(x), sin],
    ["jvp", () => (func.jvp((p: Tensor) => Sin.apply(p), [x], [one]) as [Tensor, Tensor])[1], cos],
    ["grad of jvp", () => func.grad((p: Tensor) => (func.jvp((q: Tensor) => Sin.apply(q), [p], [one])[1] as Tensor).sum())(x), sin],
    ["jacfwd", () => (func.jacfwd((p: Tensor) => Sin.apply(p))(x) as Tensor).sum(0), cos],
  ])("%s", (_, run, want) => ((run() as Tensor).toArraySync() as number[]).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 6)));
  test("what it does not say is refused", () => {
    expect(() => func.jvp((p: Tensor) => Exp.apply(p), [x], [one])).toThrow("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.");
    expect(() => func.vmap(func.grad((p: Tensor) => Exp.apply(p)))(x)).toThrow("You tried to vmap over Exp, but it does not have vmap support.");
    expect(numbers(func.vmap((p: Tensor) => Exp.apply(p))(x) as Tensor)).toEqual(numbers(x.exp()));
  });
});

/** A function of one tensor whose backward gives `gradient`. */
const giving = (gradient: () => unknown) => class F3 extends autograd.Function {
  static forward(_: Ctx, x: Tensor, ...__: unknown[]): Tensor { return x.mul(2); }
  static backward(): unknown { return gradient(); }
};
describe("what is refused", () => {
  test.each<readonly [string, () => unknown, string]>([
    ["a gradient of the wrong shape", () => giving(() => ones([5])).apply(leaf(1, 1)).sum().backward(), "Function F3Backward returned an invalid gradient at index 0 - got [5] but expected shape compatible with [2]"],
    ["too few gradients", () => giving(() => ones([1])).apply(leaf(1), 2).backward(), "function F3Backward returned an incorrect number of gradients (expected 2, got 1)"],
    ["too many gradients", () => giving(() => [ones([1]), ones([1])]).apply(leaf(1)).backward(), "function F3Backward returned an incorrect number of gradients (expected 1, got 2)"],
    ["a gradient of a number", () => giving(() => [ones([1]), ones([1])]).apply(leaf(1), 2).backward(), "function F3Backward returned a gradient different from None at position 2, but the corresponding forward input was not a Variable"],
    ["a gradient that is a number", () => giving(() => 2.5).apply(leaf(1)).backward(), "expected Variable or None (got float)"],
    ["saving what is no tensor", () => (class S extends autograd.Function { static forward(ctx: Ctx, x: Tensor): Tensor { ctx.saveForBackward(3 as unknown as Tensor); return x; } }).apply(leaf(1)), "save_for_backward can only save variables, but argument 0 is of type int"],
    ["a dirty input that is not returned", () => (class S extends autograd.Function { static forward(ctx: Ctx, x: Tensor): Tensor { ctx.markDirty(x); return x.mul(2); } }).apply(leaf(1).mul(2)), "Some elements marked as dirty during the forward method were not returned as output."],
    ["no backward", () => (class S extends autograd.Function { static forward(_: Ctx, x: Tensor): Tensor { return x.mul(2); } }).apply(leaf(1)).backward(), "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."],
    ["a view of an input, changed in place", () => (class View extends autograd.Function { static forward(_: Ctx, x: Tensor): Tensor { return x.view([1]); } }).apply(leaf(1).mul(2).select(0, 0)).add_(1), "Output 0 of ViewBackward is a view and is being modified inplace. This view was created inside a custom Function"],
  ])("%s", (_, run, text) => {
    expect(run).toThrow(AdjointError);
    expect(run).toThrow(text);
  });
  test("a saved input that was changed in place", () => {
    const b = leaf(1, 1).mul(3), c = Square.apply(b);
    b.add_(1);
    expect(() => c.sum().backward()).toThrow("which is output 0 of AddBackward0, is at version 1; expected version 0 instead");
  });
  test("the graph a second time", () => {
    const y = Exp.apply(leaf(1));
    y.backward();
    expect(() => y.backward()).toThrow("Trying to backward through the graph a second time");
  });
});

test("saved values are the node's, and go with it", () => {
  const before = memory().tensors, s = scope();
  s.run(() => {
    const x = leaf(1, 2);
    Square.apply(Exp.apply(x)).sum().backward();
    const kept = Exp.apply(x.mul(2));
    grad(kept.sum(), x, { retainGraph: true });
  });
  s.close();
  expect(memory().tensors).toBe(before);
});
