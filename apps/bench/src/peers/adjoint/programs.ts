/** @file The workloads in Adjoint. Images come with the channels last, and are turned before anything is timed. */
import {
  type Backend, conv2d, crossEntropy, gelu, grad, indexAdd, indexSelect, layerNorm, maxPool2d, type nn, noGrad, ones, optim, scope, setRequiresGrad, type Tensor, zeros,
} from "adjoint";
import type { Programs } from "../../peer.ts";
import { additions, epsilon, gelu as constants, graphs, learningRate, picked } from "../../workloads.ts";
import { Block, Cnn, mlp } from "./models.ts";

type Program = (inputs: readonly Tensor[]) => () => readonly Tensor[];

const channelsFirst = (x: Tensor): Tensor => x.permute([0, 3, 1, 2]).contiguous();
const channelsLast = (x: Tensor): Tensor => x.permute([0, 2, 3, 1]);
/** [height, width, in, out] to [out, in, height, width]. */
const filterOf = (w: Tensor): Tensor => w.permute([3, 2, 0, 1]).contiguous();
const filterBack = (w: Tensor): Tensor => w.permute([2, 3, 1, 0]);
/** What a layer keeps of a given matrix [in, out] or filter, and back. */
const stored = (x: Tensor): Tensor => (x.ndim === 2 ? x.t() : x.ndim === 4 ? filterOf(x) : x);
const given = (x: Tensor): Tensor => (x.ndim === 2 ? x.t() : x.ndim === 4 ? filterBack(x) : x);

const additionsOf = (x: Tensor): Tensor => {
  let y = x;
  for (let i = 0; i < additions; i++) y = y.add(x);
  return y;
};
const geluChain = (x: Tensor): Tensor => x.mul(0.5).mul(x.add(x.mul(x).mul(x).mul(constants.cubic)).mul(constants.scale).tanh().add(1));
const depthwise = (x: Tensor, w: Tensor): Tensor => conv2d(x, w, { padding: 1, groups: x.shape[1]! });
/** [3, 3, channels] to [channels, 1, 3, 3]. */
const depthwiseFilter = (w: Tensor): Tensor => w.permute([2, 0, 1]).unsqueeze(1).contiguous();

/** A loss and its gradients in leaves, of which `shown` makes what the other peers give. */
const withGradients = (leaves: readonly Tensor[], loss: () => Tensor, shown: readonly ((gradient: Tensor) => Tensor)[] = []) => {
  for (const leaf of leaves) setRequiresGrad(leaf, true);
  return (): readonly Tensor[] => {
    const value = loss();
    return [value, ...(grad(value, [...leaves]) as Tensor[]).map((gradient, i) => shown[i]?.(gradient) ?? gradient)];
  };
};
const meanSquare = (x: Tensor): Tensor => x.square().mean();

function load(model: nn.Module, values: readonly Tensor[]): readonly Tensor[] {
  const parameters = model.parameters();
  noGrad(() => parameters.forEach((parameter, i) => parameter.copy_(stored(values[i]!))));
  return parameters;
}
/** One step of a classifier: loss, gradients, SGD. */
const training = (make: (device: Backend) => nn.Module & { forward(x: Tensor): Tensor }, device: Backend): Program => ([x, labels, ...values]) => {
  const model = make(device), parameters = load(model, values), classes = labels!.to("int32");
  const optimizer = new optim.SGD([...parameters], { lr: learningRate });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x!), classes);
    loss.backward();
    optimizer.step();
    return [loss, ...parameters.map((parameter) => given(parameter.grad!))];
  };
};

export const programs = (device: Backend): Programs<Tensor> => ({
  matmul: ([x, y]) => () => [x!.matmul(y!)],
  add: ([x, y]) => () => [x!.add(y!)],
  geluChain: ([x]) => () => [geluChain(x!)],
  geluChainStep: ([x]) => withGradients([x!], () => geluChain(x!).sum()),
  gelu: ([x]) => () => [gelu(x!, { approximate: "tanh" })],
  sumDim0: ([x]) => () => [x!.sum(0)],
  sumDim1: ([x]) => () => [x!.sum(1)],
  sumAll: ([x]) => () => [x!.sum()],
  softmax: ([x]) => () => [x!.softmax(-1)],
  layerNorm: ([x, weight, bias]) => () => [layerNorm(x!, [x!.shape[1]!], { weight: weight!, bias: bias!, eps: epsilon })],
  conv([x, w]) {
    const image = channelsFirst(x!), filter = filterOf(w!);
    return () => [channelsLast(conv2d(image, filter, { padding: 1 }))];
  },
  convStep([x, w]) {
    const image = channelsFirst(x!), filter = filterOf(w!);
    return withGradients([image, filter], () => meanSquare(conv2d(image, filter, { padding: 1 })), [channelsLast, filterBack]);
  },
  depthwise([x, w]) {
    const image = channelsFirst(x!), filter = depthwiseFilter(w!);
    return () => [channelsLast(depthwise(image, filter))];
  },
  depthwiseStep([x, w]) {
    const image = channelsFirst(x!), filter = depthwiseFilter(w!);
    return withGradients([image, filter], () => meanSquare(depthwise(image, filter)), [channelsLast, (g) => g.squeeze(1).permute([1, 2, 0])]);
  },
  maxpool([x]) {
    const image = channelsFirst(x!);
    return () => [channelsLast(maxPool2d(image, 2))];
  },
  maxpoolStep([x]) {
    const image = channelsFirst(x!);
    return withGradients([image], () => meanSquare(maxPool2d(image, 2)), [channelsLast]);
  },
  sort: ([x]) => () => [x!.sort().values],
  topk: ([x]) => () => [x!.topk(picked.most).values],
  argmax: ([x]) => () => [x!.argmax(1)],
  cumsum: ([x]) => () => [x!.cumsum(1)],
  gatherRows([x, rows]) {
    const index = rows!.to("int32");
    return () => [indexSelect(x!, 0, index)];
  },
  scatterAdd([x, rows]) {
    const index = rows!.to("int32"), start = zeros([picked.rows, x!.shape[1]!], { device });
    return () => [indexAdd(start, 0, index, x!)];
  },
  adds: ([x]) => () => [additionsOf(x!)],
  addsRecorded([x]) {
    setRequiresGrad(x!, true);
    return () => [additionsOf(x!)];
  },
  tiny: () => () => {
    const graph = (): readonly Tensor[] => {
      const x = ones([2, 2], { device, requiresGrad: true });
      const loss = x.add(2).pow(2).mul(3).mean();
      loss.backward();
      return [loss, x.grad!];
    };
    for (let i = 1; i < graphs; i++) {
      const s = scope("graph");
      s.run(graph);
      s.close();
    }
    return graph();
  },
  mlp: training(mlp, device),
  cnn: training((on) => new Cnn(on), device),
  transformer([x, ...values]) {
    const model = new Block(device), parameters = load(model, values);
    setRequiresGrad(x!, true);
    return () => {
      model.zeroGrad();
      x!.grad = null;
      const loss = meanSquare(model.forward(x!));
      loss.backward();
      return [loss, x!.grad!, ...parameters.map((parameter) => given(parameter.grad!))];
    };
  },
});
