/** @file The workloads in TensorFlow.js, which keeps channels last. */
import type * as Tf from "@tensorflow/tfjs";
import type { Programs } from "../../peer.ts";
import { additions, block, epsilon, gelu, graphs, learningRate, picked } from "../../workloads.ts";

type Library = typeof Tf;
type Tensor = Tf.Tensor;

export const programs = (tf: Library): Programs<Tensor> => {
  const norm = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).mul(variance.add(epsilon).rsqrt()).mul(weight).add(bias);
  };
  const conv = (x: Tensor, weight: Tensor): Tensor => tf.conv2d(x as Tf.Tensor4D, weight as Tf.Tensor4D, 1, "same");
  const depthwise = (x: Tensor, weight: Tensor): Tensor => tf.depthwiseConv2d(x as Tf.Tensor4D, weight.expandDims<Tf.Tensor4D>(3), 1, "same");
  const maxpool = (x: Tensor): Tensor => tf.maxPool(x as Tf.Tensor4D, 2, 2, "valid");
  const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => x.matMul(weight).add(bias);
  const geluChain = (x: Tensor): Tensor => x.mul(0.5).mul(x.add(x.mul(x).mul(x).mul(gelu.cubic)).mul(gelu.scale).tanh().add(1));
  const meanSquare = (x: Tensor): Tensor => x.square().mean();
  /** A loss of the inputs and its gradients. */
  const step = (loss: (...inputs: Tensor[]) => Tensor) => (inputs: readonly Tensor[]) => () => {
    const { value, grads } = tf.valueAndGrads(loss)([...inputs]);
    return [value, ...grads];
  };

  const transformer = (...all: Tensor[]): Tensor => {
    const [x, norm1, shift1, qkv, qkvBias, out, outBias, norm2, shift2, up, upBias, down, downBias] = all as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const { batch, time, width, heads } = block;
    const [q, k, v] = tf.split(linear(norm(x, norm1, shift1), qkv, qkvBias), 3, 1).map((part) => part.reshape([batch, time, heads, width / heads]).transpose([0, 2, 1, 3])) as [Tensor, Tensor, Tensor];
    const weights = q.matMul(k, false, true).mul((width / heads) ** -0.5).softmax(-1);
    const mixed = weights.matMul(v).transpose([0, 2, 1, 3]).reshape<Tf.Tensor2D>([batch * time, width]);
    const attended = x.add(linear(mixed, out, outBias));
    return meanSquare(attended.add(linear(linear(norm(attended, norm2, shift2), up, upBias).relu(), down, downBias)));
  };
  const mlp = (x: Tensor, [w1, b1, w2, b2, w3, b3]: readonly Tensor[]): Tensor => linear(linear(linear(x, w1!, b1!).relu(), w2!, b2!).relu(), w3!, b3!);
  const cnn = (x: Tensor, [w1, b1, w2, b2, w3, b3]: readonly Tensor[]): Tensor => {
    const two = maxpool(conv(maxpool(conv(x, w1!).add(b1!).relu()), w2!).add(b2!).relu());
    return linear(two.reshape([x.shape[0]!, -1]), w3!, b3!);
  };
  /** Logits to loss and gradients, and a step of SGD on variables that stay. */
  const training = (model: (x: Tensor, parameters: readonly Tensor[]) => Tensor) => ([x, labels, ...given]: readonly Tensor[]) => {
    const parameters = given.map((value, i) => tf.variable(value, true, `${i}:${variables++}`)), optimizer = tf.train.sgd(learningRate);
    const classes = tf.keep(tf.oneHot(labels!.toInt(), 10));
    return () => {
      const { value, grads } = tf.variableGrads(() => model(x!, parameters).logSoftmax().mul(classes).sum(-1).mean().neg().asScalar(), parameters);
      optimizer.applyGradients(grads);
      return [value, ...parameters.map(({ name }) => grads[name]!)];
    };
  };

  return {
    matmul: ([x, y]) => () => [x!.matMul(y!)],
    add: ([x, y]) => () => [x!.add(y!)],
    geluChain: ([x]) => () => [geluChain(x!)],
    geluChainStep: step((x) => geluChain(x!).sum()),
    gelu: "has none",
    sumDim0: ([x]) => () => [x!.sum(0)],
    sumDim1: ([x]) => () => [x!.sum(1)],
    sumAll: ([x]) => () => [x!.sum()],
    softmax: ([x]) => () => [x!.softmax(-1)],
    layerNorm: ([x, weight, bias]) => () => [norm(x!, weight!, bias!)],
    conv: ([x, w]) => () => [conv(x!, w!)],
    convStep: step((x, w) => meanSquare(conv(x!, w!))),
    depthwise: ([x, w]) => () => [depthwise(x!, w!)],
    depthwiseStep: step((x, w) => meanSquare(depthwise(x!, w!))),
    maxpool: ([x]) => () => [maxpool(x!)],
    maxpoolStep: step((x) => meanSquare(maxpool(x!))),
    sort: ([x]) => () => [tf.topk(x!.neg(), x!.size).values.neg()], // It has no sort.
    topk: ([x]) => () => [tf.topk(x!, picked.most).values],
    argmax: ([x]) => () => [x!.argMax(1)],
    cumsum: ([x]) => () => [x!.cumsum(1)],
    gatherRows([x, rows]) {
      const index = rows!.toInt();
      return () => [tf.gather(x!, index)];
    },
    scatterAdd([x, rows]) {
      const index = rows!.toInt() as Tf.Tensor1D;
      return () => [tf.unsortedSegmentSum(x!, index, picked.rows)];
    },
    adds: ([x]) => () => {
      let y = x!;
      for (let i = 0; i < additions; i++) y = y.add(x!);
      return [y];
    },
    addsRecorded: "records only inside of a gradient, which also runs backward",
    tiny: () => () => {
      const graph = (): Tensor[] => {
        const { value, grad } = tf.valueAndGrad((x: Tensor) => x.add(2).pow(2).mul(3).mean())(tf.ones([2, 2]));
        return [value, grad];
      };
      for (let i = 1; i < graphs; i++) tf.dispose(tf.tidy(graph));
      return graph();
    },
    mlp: training(mlp),
    cnn: training(cnn),
    transformer: step(transformer),
  };
};
let variables = 0; // A name may be given once in the library's life.
