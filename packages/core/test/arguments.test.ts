/** @file Arrays that are given stay the caller's: what becomes of them afterwards changes no tensor, and no gradient. */
import { cpu } from "@adjoint/backend-cpu-js";
import { arange, avgPool2d, conv2d, emptyStrided, grad, maxPool2d, ones, randn, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));

test.each<readonly [string, (sizes: number[]) => Tensor]>([
  ["zeros", (sizes) => zeros(sizes)], ["random numbers", (sizes) => randn(sizes)], ["zeros like another", (sizes) => ones([1]).newZeros(sizes)], ["an array", (sizes) => tensor([1, 2, 3, 4, 5, 6], { shape: sizes })],
  ["reshape", (sizes) => arange(6).reshape(sizes)], ["view", (sizes) => arange(6).view(sizes)], ["expand", (sizes) => ones([3]).expand(sizes)], ["asStrided", (sizes) => arange(6).asStrided(sizes, [3, 1])],
  ["emptyStrided", (sizes) => emptyStrided(sizes, [1, 2])], ["resize_", (sizes) => arange(6).resize_(sizes)],
])("sizes of %s", (_, make) => {
  const sizes = [2, 3], x = make(sizes);
  sizes[0] = 9;
  expect(x.shape).toEqual([2, 3]);
});

test.each<readonly [string, readonly number[], (x: Tensor, given: number[]) => Tensor]>([
  ["a convolution's strides", [1, 2], (x, given) => conv2d(x.reshape([1, 1, 2, 3]), ones([1, 1, 1, 1]), { stride: given })],
  ["windows of a mean", [1, 2], (x, given) => avgPool2d(x.reshape([1, 2, 3]), given)], ["windows of a maximum", [1, 2], (x, given) => maxPool2d(x.reshape([1, 2, 3]), given)],
  ["strides of asStrided", [1, 3], (x, given) => x.asStrided([2, 2], given)], ["dims", [2, 0, 1], (x, given) => x.reshape([1, 2, 3]).permute(given)],
  ["sizes of pieces", [1, 2], (x, given) => { const [a, b] = x.split(given, 1) as [Tensor, Tensor]; return a.mul(b); }],
])("%s, in gradients of both orders", (_, numbers, run) => {
  const gradients = (change: (given: number[]) => void): unknown => {
    const x = arange(6).float().reshape([2, 3]).requiresGrad_(), given = [...numbers], out = run(x, given).pow(3).sum();
    change(given);
    const [first] = grad(out, x, { createGraph: true }) as [Tensor], [second] = grad(first.square().sum(), x) as [Tensor];
    return [first, second].map((g) => g.detach().toArraySync());
  };
  expect(gradients((given) => given.reverse())).toEqual(gradients(() => {}));
});
