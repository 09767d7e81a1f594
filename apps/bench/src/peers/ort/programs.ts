/** @file The workloads as models for ONNX Runtime, which only infers: what needs a gradient it has not. */
import type { Input, Kind } from "../../peer.ts";
import { additions, epsilon, gelu, picked } from "../../workloads.ts";
import { onnx, type Step } from "./model.ts";

type Shapes = readonly (readonly number[])[];
/** `layouts` turns inputs before anything is timed; `last` says that the result has its channels first and is to be turned back. */
export type Program = { readonly model: (shapes: Shapes) => Uint8Array; readonly layouts?: readonly ((input: Input) => Input)[]; readonly last?: true };

/** `[d0, d1, ...]` with its dims in another order. */
export function permuted({ data, shape }: Input, order: readonly number[]): Input {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1)), to = order.map((d) => shape[d]!);
  const out = new Float32Array(data.length), at = to.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[order.reduce((sum, d, k) => sum + at[k]! * strides[d]!, 0)]!;
    for (let k = to.length - 1; k >= 0 && ++at[k]! === to[k]!; k--) at[k] = 0;
  }
  return { data: out, shape: to };
}
const channelsFirst = (x: Input): Input => permuted(x, [0, 3, 1, 2]);
const filterOf = (w: Input): Input => permuted(w, [3, 2, 0, 1]);
const depthwiseFilter = (w: Input): Input => {
  const turned = permuted(w, [2, 0, 1]);
  return { data: turned.data, shape: [turned.shape[0]!, 1, 3, 3] };
};

const step = (op: string, inputs: readonly string[], output = "y", attributes: Step["attributes"] = {}): Step => ({ op, inputs, outputs: [output], attributes });
const single = (op: string, inputs: readonly string[], attributes: Step["attributes"] = {}, lists: Readonly<Record<string, readonly number[]>> = {}): Program =>
  ({ model: (shapes) => onnx(shapes, [step(op, inputs, "y", attributes)], {}, lists) });
const sum = (axes: readonly number[]): Program => single("ReduceSum", ["x0", "axes"], { keepdims: 0 }, { axes });
const padded = { pads: [1, 1, 1, 1], kernel_shape: [3, 3] };

const geluChain: readonly Step[] = [
  step("Mul", ["x0", "x0"], "square"), step("Mul", ["square", "x0"], "cube"), step("Mul", ["cube", "cubic"], "bent"), step("Add", ["x0", "bent"], "inner"),
  step("Mul", ["inner", "scale"], "scaled"), step("Tanh", ["scaled"], "tanh"), step("Add", ["tanh", "one"], "gate"), step("Mul", ["x0", "half"], "halved"), step("Mul", ["halved", "gate"]),
];
const chain = (): Step[] => Array.from({ length: additions }, (_, i) => step("Add", [i === 0 ? "x0" : `y${i}`, "x0"], i === additions - 1 ? "y" : `y${i + 1}`));

const inferenceOnly = "only infers";
const INT64 = 7, FLOAT = 1;
/** In order, or the largest: its operator of two results. */
const most = (k: (shapes: Shapes) => number, largest: 0 | 1): Program =>
  ({ model: (shapes) => onnx(shapes, [{ op: "TopK", inputs: ["x0", "k"], outputs: ["y", "places"], attributes: { largest } }], {}, { k: [k(shapes)] }) });
/** Rows that come as floats are whole numbers for it. */
const rows = step("Cast", ["x1"], "rows", { to: INT64 });

export const programs: { readonly [K in Kind]: Program | string } = {
  matmul: single("MatMul", ["x0", "x1"]),
  add: single("Add", ["x0", "x1"]),
  geluChain: { model: (shapes) => onnx(shapes, geluChain, { cubic: gelu.cubic, scale: gelu.scale, one: 1, half: 0.5 }) },
  geluChainStep: inferenceOnly,
  gelu: single("Gelu", ["x0"], { approximate: "tanh" }),
  sumDim0: sum([0]),
  sumDim1: sum([1]),
  sumAll: sum([0, 1]),
  softmax: single("Softmax", ["x0"], { axis: -1 }),
  layerNorm: single("LayerNormalization", ["x0", "x1", "x2"]), // Its default epsilon is ours.
  conv: { ...single("Conv", ["x0", "x1"], padded), layouts: [channelsFirst, filterOf], last: true },
  convStep: inferenceOnly,
  depthwise: { model: (shapes) => onnx(shapes, [step("Conv", ["x0", "x1"], "y", { ...padded, group: shapes[1]![0]! })]), layouts: [channelsFirst, depthwiseFilter], last: true },
  depthwiseStep: inferenceOnly,
  maxpool: { ...single("MaxPool", ["x0"], { kernel_shape: [2, 2], strides: [2, 2] }), layouts: [channelsFirst], last: true },
  maxpoolStep: inferenceOnly,
  sort: most((shapes) => shapes[0]![0]!, 0),
  topk: most(() => picked.most, 1),
  argmax: { model: (shapes) => onnx(shapes, [step("ArgMax", ["x0"], "places", { axis: 1, keepdims: 0 }), step("Cast", ["places"], "y", { to: FLOAT })]) },
  cumsum: { model: (shapes) => onnx(shapes, [step("Squeeze", ["dim"], "along"), step("CumSum", ["x0", "along"])], {}, { dim: [1] }) },
  gatherRows: { model: (shapes) => onnx(shapes, [rows, step("Gather", ["x0", "rows"])]) },
  scatterAdd: {
    model: (shapes) => onnx(shapes, [
      rows, step("Unsqueeze", ["rows", "last"], "places"), step("Expand", ["zero", "size"], "start"), step("ScatterND", ["start", "places", "x0"], "y", { reduction: "add" }),
    ], { zero: 0 }, { last: [1], size: [picked.rows, shapes[0]![1]!] }),
  },
  adds: { model: (shapes) => onnx(shapes, chain()) },
  addsRecorded: inferenceOnly,
  tiny: inferenceOnly,
  mlp: inferenceOnly,
  cnn: inferenceOnly,
  transformer: inferenceOnly,
};
if (epsilon !== 1e-5) throw new Error("say epsilon in the model of layerNorm");
