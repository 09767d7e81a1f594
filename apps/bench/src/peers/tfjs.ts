/** @file TensorFlow.js on its cpu and wasm backends. In Node its wasm backend has one thread. */
import type * as Tf from "@tensorflow/tfjs";
import { dirname } from "node:path";
import { createRequire } from "node:module";
import { type Absent, opened, type Peer, type Programs } from "../peer.ts";
import { additions, block, epsilon, graphs } from "../workloads.ts";

type Library = typeof Tf;
type Tensor = Tf.Tensor;

const programs = (tf: Library): Programs<Tensor> => {
  const norm = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).mul(variance.add(epsilon).rsqrt()).mul(weight).add(bias);
  };
  const conv = (x: Tensor, weight: Tensor): Tensor => tf.conv2d(x as Tf.Tensor4D, weight as Tf.Tensor4D, 1, "same");
  const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => x.matMul(weight).add(bias);

  const loss = (...all: Tensor[]): Tensor => {
    const [x, norm1, shift1, qkv, qkvBias, out, outBias, norm2, shift2, up, upBias, down, downBias] = all as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const { batch, time, width, heads } = block;
    const [q, k, v] = tf.split(linear(norm(x, norm1, shift1), qkv, qkvBias), 3, 1).map((part) => part.reshape([batch, time, heads, width / heads]).transpose([0, 2, 1, 3])) as [Tensor, Tensor, Tensor];
    const weights = q.matMul(k, false, true).mul((width / heads) ** -0.5).softmax(-1);
    const mixed = weights.matMul(v).transpose([0, 2, 1, 3]).reshape<Tf.Tensor2D>([batch * time, width]);
    const attended = x.add(linear(mixed, out, outBias));
    return attended.add(linear(linear(norm(attended, norm2, shift2), up, upBias).relu(), down, downBias)).square().mean();
  };

  return {
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
    matmul: ([x, y]) => () => [x!.matMul(y!)],
    conv: ([x, w]) => () => [conv(x!, w!)],
    convStep: ([x, w]) => () => {
      const { value, grads } = tf.valueAndGrads((p: Tensor, q: Tensor) => conv(p, q).square().mean())([x!, w!]);
      return [value, ...grads];
    },
    softmax: ([x]) => () => [x!.softmax(-1)],
    transformer: (inputs) => () => {
      const { value, grads } = tf.valueAndGrads(loss)([...inputs]);
      return [value, ...grads];
    },
  };
};

/** Opens TensorFlow.js on one of its backends. Its computations are synchronous on both, so there is no queue to wait for. */
export const tfjs = (backend: "cpu" | "wasm"): Promise<Peer | Absent> =>
  opened(`tfjs ${backend}`, async () => {
    const tf = await import("@tensorflow/tfjs");
    tf.env().set("IS_TEST", true); // No advertisement on the console.
    if (backend === "wasm") {
      const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    }
    if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start here`);
    const known = programs(tf);
    return {
      note: backend === "cpu" ? "plain JavaScript" : "WebAssembly SIMD, one thread",
      async enter() {
        await tf.setBackend(backend);
      },
      async prepare(kind, inputs) {
        const program = known[kind];
        if (typeof program === "string") return program;
        const given = inputs.map(({ data, shape }) => tf.tensor(data, [...shape]));
        const compute = program(given);
        const tidy = (): Tensor[] => tf.tidy(() => [...compute()]);
        return {
          async run() {
            tf.dispose(tidy());
          },
          async results() {
            const outputs = tidy();
            const all = await Promise.all(outputs.map((x) => x.data()));
            tf.dispose(outputs);
            return all;
          },
          close: () => tf.dispose(given),
        };
      },
    };
  });
