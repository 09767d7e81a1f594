/** @file The evaluator of the Python that golden cases are written in: each program's `out` against what Python gives. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";
import { Raised } from "../goldens/python/objects.ts";
import { run } from "../goldens/python/steps.ts";
import { repr } from "../goldens/python/text.ts";
import { type Native, Unsupported } from "../goldens/python/values.ts";
import { program, python, readPython } from "../goldens/torch/host.ts";

beforeAll(() => setDefaultDevice(cpu()));

/** What a program hands to `out`, as Python's repr writes it; int32 is the integer that is not named. */
async function outOf(source: string): Promise<string[]> {
  const scope = program(), texts: string[] = [];
  scope.set("out", function* (args) { for (const value of args) texts.push(String(yield* repr(value, python)).replaceAll(", dtype=torch.int32", "")); return null; } satisfies Native);
  await run(python.execute(readPython(source), scope));
  return texts;
}

describe("Python itself", () => {
  test.each([
    ["numbers", "out(7 // 2, -7 // 2, -7 % 3, 7.5 // 2, 2 ** 10, 2 ** -1, 1 / 4, 4 / 2, 10 ** 20 + 1, 0x1F, 1_000, 1e-5, 2., 1e16, -0.0)", ["3", "-4", "2", "3.0", "1024", "0.5", "0.25", "2.0", "100000000000000000001", "31", "1000", "1e-05", "2.0", "1e+16", "-0.0"]],
    ["a float is no int", "out(2.0 == 2, isinstance(2.0, int), isinstance(2, int), isinstance(True, int), type(2.0).__name__, int(2.9), round(2.5), round(3.5))", ["True", "False", "True", "True", "'float'", "2", "2", "4"]],
    ["chained comparison and logic", "out(1 < 2 <= 2, 1 < 2 > 3, not 0, None or 3, 0 and 1, 1 if [] else 2, 'a' in 'abc', 3 not in [1, 2], None is None)", ["True", "False", "True", "3", "0", "2", "True", "True", "True"]],
    ["unpacking", "a, (b, *c), d = 1, [2, 3, 4], 5\nx = y = []\nx.append(a)\nout(a, b, c, d, y)\na, b = b, a\nout(a, b)", ["1", "2", "[3, 4]", "5", "[1]", "2", "1"]],
    ["comprehensions", "n = 3\nout([i * j for i in range(n) for j in range(i) if (i + j) % 2], {k: v for k, v in zip('ab', (1, 2))}, sum(i for i in range(5)), {1, 1, 2})", ["[0, 2]", "{'a': 1, 'b': 2}", "10", "{1, 2}"]],
    ["functions", "def f(a, b=2, *c, k=1, **kw):\n    return a, b, c, k, kw\nout(f(1), f(1, 2, 3, k=4, z=5), f(*[1, 2], **{'k': 3}))\nout((lambda x, y=1: x + y)(2))", ["(1, 2, (), 1, {})", "(1, 2, (3,), 4, {'z': 5})", "(1, 2, (), 3, {})", "3"]],
    ["closures and nonlocal", "def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n    return step\ns = counter()\ns()\nout(s())", ["2"]],
    ["classes", "class A:\n    kind = 'a'\n    def __init__(self, x):\n        self.x = x\n    def twice(self):\n        return self.x * 2\n    @staticmethod\n    def make():\n        return A(1)\n    @property\n    def half(self):\n        return self.x / 2\nclass B(A):\n    def __init__(self, x):\n        super().__init__(x + 1)\n    def __repr__(self):\n        return f'B({self.x})'\n    def __add__(self, other):\n        return B(self.x + other)\nb = B(3)\nout(b.twice(), b.half, b.kind, A.make().x, b + 1, isinstance(b, A))", ["8", "2.0", "'a'", "1", "B(6)", "True"]],
    ["loops", "log = []\nfor i in range(5):\n    if i == 1: continue\n    if i == 3: break\n    log.append(i)\nelse:\n    log.append('never')\nwhile log:\n    last = log.pop()\nout(last)", ["0"]],
    ["exceptions", "def f(x):\n    try:\n        if x: raise ValueError('no', 1)\n        return 'fine'\n    except (KeyError, ValueError) as e:\n        return str(e), type(e).__name__\n    finally:\n        out('always')\nout(f(0), f(1))\ntry:\n    {}['a']\nexcept Exception as e:\n    out(e)", ["'always'", "'always'", "'fine'", "(\"('no', 1)\", 'ValueError')", "KeyError('a')"]],
    ["with", "class M:\n    def __enter__(self): return 'in'\n    def __exit__(self, kind, value, trace):\n        out(kind.__name__ if kind else None)\n        return True\nwith M() as m:\n    out(m)\n    raise RuntimeError('swallowed')\nwith M(): pass", ["'in'", "'RuntimeError'", "None"]],
    ["text", "x = 3.14159\nout(f'{x:.2f} {x!r} {7:>4}|{7:<4}|{7:04d} {1234567:,} {0.5:%} {x=:.1f} {{}}', '%d %s %.1f' % (1, 'a', 2), '{} {b}'.format(1, b=2), 'a' \"b\", 'a,b'.split(','), '-'.join(['a', 'b']))", ["'3.14 3.14159    7|7   |0007 1,234,567 50.000000% x=3.1 {}'", "'1 a 2.0'", "'1 2'", "'ab'", "['a', 'b']", "'a-b'"]],
    ["sequences", "l = [3, 1, 2]\nl[1:2] = [7, 8]\nout(l, l[::-1], l[-1], sorted(l, reverse=True), (1, 2) + (3,), [0] * 3, l.index(8), len(l), max(l), min(l, key=lambda v: -v), list(enumerate('ab', 1)), list(reversed(l)))", ["[3, 7, 8, 2]", "[2, 8, 7, 3]", "2", "[8, 7, 3, 2]", "(1, 2, 3)", "[0, 0, 0]", "2", "4", "8", "8", "[(1, 'a'), (2, 'b')]", "[2, 8, 7, 3]"]],
    ["dicts", "d = {'a': 1, **{'b': 2}}\nd['c'] = 3\nd.update(e=5)\nout(d.get('z', 0), d.pop('a'), list(d.items()), 'b' in d, {1: 'x', True: 'y'}, d.setdefault('n', []))", ["0", "1", "[('b', 2), ('c', 3), ('e', 5)]", "True", "{1: 'y'}", "[]"]],
    ["walrus, del, assert", "if (n := 4) > 3: out(n)\na = [1, 2]\ndel a[0]\nassert a == [2], 'never'\nout(a)", ["4", "[2]"]],
    ["imports", "import math, torch.nn.functional as G\nfrom math import pi as p\nout(math.sqrt(4), math.floor(2.5), p > 3, G.relu(torch.tensor([-1., 2.])))", ["2.0", "2", "True", "tensor([0., 2.])"]],
  ])("%s", async (_, source, expected) => {
    expect(await outOf(source)).toEqual(expected);
  });

  test("an exception that nobody catches arrives with its type and text", async () => {
    const error: unknown = await outOf("raise ValueError('no ' + 'way')").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Raised);
    expect(error).toMatchObject({ type: "ValueError", message: "no way" });
  });
  test.each([["what the grammar does not take", "x = = 1"], ["what the evaluator does not know", "async def f():\n    pass"], ["a module that is not there", "import nowhere"], ["an operator that is not there", "torch.frobnicate(1)"]])("%s is unsupported", async (_, source) => {
    await expect(outOf(source)).rejects.toBeInstanceOf(Unsupported);
  });
});

describe("tensors in Python", () => {
  test.each([
    ["operators", "x = torch.tensor([1., 2.])\nout(1 - x, x ** 2, 2 * x + 1, x @ x, -x, x > 1, ~(x > 1), x % 2, 1 / x)", ["tensor([ 0., -1.])", "tensor([1., 4.])", "tensor([3., 5.])", "tensor(5.)", "tensor([-1., -2.])", "tensor([False,  True])", "tensor([ True, False])", "tensor([1., 0.])", "tensor([1.0000, 0.5000])"]],
    ["an augmented assignment changes the tensor", "x = torch.zeros(2)\ny = x\nx += 1\nx *= 3\nout(y)", ["tensor([3., 3.])"]],
    ["indices, read and written", "x = torch.arange(6).view(2, 3)\nout(x[0, 1], x[:, 1:], x[..., 0], x[None].shape, x[x > 3], x[torch.tensor([1, 0])])\nx[0] = 9\nx[x == 4] = 0\nout(x)", ["tensor(1)", "tensor([[1, 2],\n        [4, 5]])", "tensor([0, 3])", "torch.Size([1, 2, 3])", "tensor([4, 5])", "tensor([[3, 4, 5],\n        [0, 1, 2]])", "tensor([[9, 9, 9],\n        [3, 0, 5]])"]],
    ["reading", "x = torch.tensor([[1., 2.]])\nout(x.tolist(), x.sum().item(), x.shape[1], len(x), [v.shape for v in x], float(x.max()), bool(x.min() > 3), x.dtype)", ["[[1.0, 2.0]]", "3.0", "2", "1", "[torch.Size([2])]", "2.0", "False", "torch.float32"]],
    ["gradients and modes", "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    y = x * 2\nz = (x * 3).sum()\nz.backward()\n@torch.no_grad()\ndef f(v): return v * 2\nout(y.requires_grad, z.requires_grad, x.grad, f(x).requires_grad, x.grad_fn, z.grad_fn.name())", ["False", "True", "tensor([3., 3.])", "False", "None", "'SumBackward0'"]],
    ["modules of one's own", "class Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.fc = nn.Linear(n, 2)\n        self.act = nn.ReLU()\n    def forward(self, x, scale=1):\n        return self.act(self.fc(x)) * scale\nm = Net(3)\nout(m(torch.ones(4, 3)).shape, [k for k, _ in m.named_parameters()], m.training, m.eval().training, sorted(m.state_dict().keys()))", ["torch.Size([4, 2])", "['fc.weight', 'fc.bias']", "True", "False", "['fc.bias', 'fc.weight']"]],
    ["optimizers", "p = nn.Parameter(torch.tensor([1.]))\no = torch.optim.SGD([{'params': [p], 'weight_decay': 0.5}], lr=0.1)\n(p * 2).sum().backward()\no.step()\nfor g in o.param_groups: g['lr'] *= 0.1\nout(p.detach(), [round(g['lr'], 3) for g in o.param_groups])", ["tensor([0.7500])", "[0.01]"]],
    ["named results", "v, i = torch.tensor([[3., 1.]]).max(1)\nm = torch.tensor([[3., 1.]]).max(dim=1)\nout(v, i, m.values, m[1])", ["tensor([3.])", "tensor([0])", "tensor([3.])", "tensor([0])"]],
    ["errors about matrices have a class", "try:\n    torch.linalg.inv(torch.zeros(2, 2))\nexcept torch.linalg.LinAlgError as e:\n    out('singular' in str(e), isinstance(e, RuntimeError))", ["True", "True"]],
    ["errors of ours are exceptions there", "try:\n    torch.ones(2).backward()\nexcept RuntimeError as e:\n    out('grad' in str(e))", ["True"]],
  ])("%s", async (_, source, expected) => {
    expect(await outOf(source)).toEqual(expected);
  });

  test("a whole float beside integers cannot be said in JavaScript", async () => {
    await expect(outOf("out(torch.tensor([1]) * 2.0)")).rejects.toThrow("a whole float beside integers");
    expect(await outOf("out(torch.tensor([1.]) * 2.0, torch.tensor([1]) * 2.5)")).toEqual(["tensor([2.])", "tensor([2.5000])"]);
  });
});
