/** @file The workloads in jax-js. An operation consumes its operands: whatever is needed again is passed as `.ref`. */
import type * as Jax from "@jax-js/jax";
import type { Programs } from "../../peer.ts";
import { additions, block, epsilon, gelu, graphs, learningRate, picked } from "../../workloads.ts";

type Library = typeof Jax;
type Array = Jax.numpy.Array;
/** Consumes its arguments. */
type Function = (...inputs: Array[]) => Array[];

export const programs = ({ jit, lax, numpy: np, nn, vjp, valueAndGrad }: Library, compiled: boolean): Programs<Array> => {
  const norm = (x: Array, weight: Array, bias: Array): Array => nn.standardize(x, -1, { epsilon }).mul(weight).add(bias);
  const conv = (x: Array, weight: Array): Array => lax.conv(x, weight, [1, 1], "SAME");
  const depthwise = (x: Array, weight: Array): Array => lax.convGeneralDilated(x, weight, [1, 1], "SAME", { featureGroupCount: weight.shape[0]! });
  const maxpool = (x: Array): Array => lax.reduceWindow(x, (part: Array) => np.max(part), [2, 2], [2, 2]);
  const linear = (x: Array, weight: Array, bias: Array): Array => np.matmul(x, weight).add(bias);
  const meanSquare = (x: Array): Array => np.mean(np.square(x));
  const geluChain = (x: Array): Array => x.ref.mul(0.5).mul(np.tanh(x.ref.add(x.ref.mul(x.ref).mul(x).mul(gelu.cubic)).mul(gelu.scale)).add(1));

  const channelsFirst = (x: Array): Array => x.transpose([0, 3, 1, 2]);
  const channelsLast = (x: Array): Array => x.transpose([0, 2, 3, 1]);
  const filterOf = (w: Array): Array => w.transpose([3, 2, 0, 1]);
  const filterBack = (w: Array): Array => w.transpose([2, 3, 1, 0]);
  const depthwiseFilter = (w: Array): Array => np.expandDims(w.transpose([2, 0, 1]), 1);
  const whole = (x: Array): Array => x.astype(np.int32);
  const same = (x: Array): Array => x;

  const ready = (f: Function): Function => (compiled ? (jit(f as never) as unknown as Function) : f);
  /** `f` of the inputs, each laid out by `layouts` before anything is timed. */
  const of = (f: Function, layouts: readonly ((x: Array) => Array)[] = []) => (inputs: readonly Array[]) => {
    const run = ready(f), laid = inputs.map((x, i) => (layouts[i] ?? same)(x.ref));
    return () => run(...laid.map((x) => x.ref));
  };
  const gradients = (loss: (...inputs: Array[]) => Array, count: number, shown: readonly ((x: Array) => Array)[] = []): Function => (...inputs) => {
    const [value, all] = valueAndGrad(loss, { argnums: globalThis.Array.from({ length: count }, (_, i) => i) })(...inputs) as [Array, Array[]];
    return [value, ...all.map((x, i) => (shown[i] ?? same)(x))];
  };

  const transformer = (...all: Array[]): Array => {
    const [x, norm1, shift1, qkv, qkvBias, out, outBias, norm2, shift2, up, upBias, down, downBias] = all as [Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array];
    const { batch, time, width, heads } = block;
    const [q, k, v] = np.split(linear(norm(x.ref, norm1, shift1), qkv, qkvBias), 3, 1).map((part) => part.reshape([batch, time, heads, width / heads])) as [Array, Array, Array];
    const mixed = nn.dotProductAttention(q, k, v).reshape([batch * time, width]);
    const attended = x.add(linear(mixed, out, outBias));
    return meanSquare(attended.ref.add(linear(nn.relu(linear(norm(attended, norm2, shift2), up, upBias)), down, downBias)));
  };
  const mlp = (x: Array, [w1, b1, w2, b2, w3, b3]: readonly Array[]): Array => linear(nn.relu(linear(nn.relu(linear(x, w1!, b1!)), w2!, b2!)), w3!, b3!);
  const cnn = (x: Array, [w1, b1, w2, b2, w3, b3]: readonly Array[]): Array => {
    const biased = (y: Array, b: Array): Array => y.add(b.reshape([1, -1, 1, 1]));
    const one = maxpool(nn.relu(biased(conv(channelsFirst(x), filterOf(w1!)), b1!)));
    const two = maxpool(nn.relu(biased(conv(one, filterOf(w2!)), b2!)));
    return linear(channelsLast(two).reshape([64, -1]), w3!, b3!);
  };
  /** Loss, gradients and new parameters, which the next run starts from. */
  const training = (model: (x: Array, parameters: readonly Array[]) => Array) => ([x, labels, ...given]: readonly Array[]) => {
    const target = nn.oneHot(labels!.ref.astype(np.int32), 10);
    let parameters = given.map((value) => value.ref);
    const loss = (...all: Array[]): Array => {
      const logits = model(all[given.length]!, all.slice(0, given.length));
      return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(all[given.length + 1]!), -1)).neg();
    };
    const withLoss = gradients(loss, given.length);
    const step = ready((...all) => {
      const [value, ...changes] = withLoss(...all.map((a, i) => (i < given.length ? a.ref : a)));
      return [value!, ...changes.map((change) => change.ref), ...changes.map((change, i) => all[i]!.sub(change.mul(learningRate)))];
    });
    return () => {
      const all = step(...parameters, x!.ref, target.ref);
      parameters = all.slice(1 + given.length);
      return all.slice(0, 1 + given.length);
    };
  };
  const additionsOf = (x: Array): Array => {
    let y = x.ref;
    for (let i = 0; i < additions; i++) y = y.add(x.ref);
    x.dispose();
    return y;
  };

  return {
    matmul: of((x, y) => [np.matmul(x!, y!)]),
    add: of((x, y) => [x!.add(y!)]),
    geluChain: of((x) => [geluChain(x!)]),
    geluChainStep: of(gradients((x) => np.sum(geluChain(x!)), 1)),
    gelu: of((x) => [nn.gelu(x!)]),
    sumDim0: of((x) => [np.sum(x!, 0)]),
    sumDim1: of((x) => [np.sum(x!, 1)]),
    sumAll: of((x) => [np.sum(x!)]),
    softmax: of((x) => [nn.softmax(x!, -1)]),
    layerNorm: of((x, weight, bias) => [norm(x!, weight!, bias!)]),
    conv: of((x, w) => [channelsLast(conv(x!, w!))], [channelsFirst, filterOf]),
    convStep: of(gradients((x, w) => meanSquare(conv(x!, w!)), 2, [channelsLast, filterBack]), [channelsFirst, filterOf]),
    depthwise: of((x, w) => [channelsLast(depthwise(x!, w!))], [channelsFirst, depthwiseFilter]),
    depthwiseStep: of(gradients((x, w) => meanSquare(depthwise(x!, w!)), 2, [channelsLast, (w) => np.squeeze(w, 1).transpose([1, 2, 0])]), [channelsFirst, depthwiseFilter]),
    maxpool: of((x) => [channelsLast(maxpool(x!))], [channelsFirst]),
    maxpoolStep: of(gradients((x) => meanSquare(maxpool(x!)), 1, [channelsLast]), [channelsFirst]),
    sort: of((x) => [np.sort(x!)]),
    topk: of((x) => {
      const [values, places] = lax.topK(x!, picked.most);
      places.dispose();
      return [values];
    }),
    argmax: of((x) => [np.argmax(x!, 1)]),
    cumsum: of((x) => [np.cumsum(x!, 1)]),
    gatherRows: of((x, rows) => [np.take(x!, rows!, 0)], [same, whole]),
    scatterAdd: "has none",
    adds: compiled ? "overflows the stack" : of((x) => [additionsOf(x!)]),
    addsRecorded: compiled ? "records nothing: it compiles" : ([x]) => () => {
      const [y, backward] = vjp(additionsOf, [x!.ref]);
      backward.dispose();
      return [y];
    },
    tiny: () => {
      const graph = ready(gradients((x) => np.mean(np.square(x!.add(2)).mul(3)), 1));
      return () => {
        for (let i = 1; i < graphs; i++) for (const x of graph(np.ones([2, 2]))) x.dispose();
        return graph(np.ones([2, 2]));
      };
    },
    mlp: training(mlp),
    cnn: training(cnn),
    transformer: of(gradients(transformer, 13)),
  };
};
