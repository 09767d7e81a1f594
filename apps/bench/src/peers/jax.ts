/** @file jax-js on its wasm backend, eager. An operation consumes its operands: whatever is needed again is passed as `.ref`. */
import type * as Jax from "@jax-js/jax";
import { type Absent, opened, type Peer, type Programs } from "../peer.ts";
import { additions, block, epsilon, graphs } from "../workloads.ts";

type Library = typeof Jax;
type Array = Jax.numpy.Array;

const programs = ({ lax, numpy: np, nn, vjp, valueAndGrad }: Library): Programs<Array> => {
  const norm = (x: Array, weight: Array, bias: Array): Array => nn.standardize(x, -1, { epsilon }).mul(weight).add(bias);
  const conv = (x: Array, weight: Array): Array => lax.conv(x, weight, [1, 1], "SAME");
  const linear = (x: Array, weight: Array, bias: Array): Array => np.matmul(x, weight).add(bias);

  const loss = (...all: Array[]): Array => {
    const [x, norm1, shift1, qkv, qkvBias, out, outBias, norm2, shift2, up, upBias, down, downBias] = all as [Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array];
    const { batch, time, width, heads } = block;
    const [q, k, v] = np.split(linear(norm(x.ref, norm1, shift1), qkv, qkvBias), 3, 1).map((part) => part.reshape([batch, time, heads, width / heads])) as [Array, Array, Array];
    const mixed = nn.dotProductAttention(q, k, v).reshape([batch * time, width]);
    const attended = x.add(linear(mixed, out, outBias));
    return np.mean(np.square(attended.ref.add(linear(nn.relu(linear(norm(attended, norm2, shift2), up, upBias)), down, downBias))));
  };

  const add = (x: Array): Array => {
    let y = x.ref;
    for (let i = 0; i < additions; i++) y = y.add(x.ref);
    x.dispose();
    return y;
  };

  return {
    adds: ([x]) => () => [add(x!.ref)],
    addsRecorded: ([x]) => () => {
      const [y, backward] = vjp(add, [x!.ref]);
      backward.dispose();
      return [y];
    },
    tiny: () => () => {
      const graph = (): Array[] => {
        const [value, gradient] = valueAndGrad((x: Array) => np.mean(np.square(x.add(2)).mul(3)))(np.ones([2, 2]));
        return [value, gradient as Array];
      };
      for (let i = 1; i < graphs; i++) for (const x of graph()) x.dispose();
      return graph();
    },
    matmul: ([x, y]) => () => [np.matmul(x!.ref, y!.ref)],
    conv: ([x, w]) => {
      const image = x!.ref.transpose([0, 3, 1, 2]), filter = w!.ref.transpose([3, 2, 0, 1]);
      return () => [conv(image.ref, filter.ref).transpose([0, 2, 3, 1])];
    },
    convStep: ([x, w]) => {
      const image = x!.ref.transpose([0, 3, 1, 2]), filter = w!.ref.transpose([3, 2, 0, 1]);
      return () => {
        const [value, [gx, gw]] = valueAndGrad((p: Array, q: Array) => np.mean(np.square(conv(p, q))), { argnums: [0, 1] })(image.ref, filter.ref) as [Array, [Array, Array]];
        return [value, gx.transpose([0, 2, 3, 1]), gw.transpose([2, 3, 1, 0])];
      };
    },
    softmax: ([x]) => () => [nn.softmax(x!.ref, -1)],
    transformer: (inputs) => () => {
      const [value, gradients] = valueAndGrad(loss, { argnums: inputs.map((_, i) => i) })(...inputs.map((x) => x.ref));
      return [value, ...(gradients as Array[])];
    },
  };
};

/** Opens jax-js. Results are waited for with its `blockUntilReady`. */
export const jax = (): Promise<Peer | Absent> =>
  opened("jax-js wasm", async () => {
    const library = await import("@jax-js/jax");
    const { blockUntilReady, defaultDevice, init, numpy: np } = library;
    if (!(await init("wasm")).includes("wasm")) throw new Error("its wasm backend does not start here");
    defaultDevice("wasm");
    const known = programs(library);
    return {
      note: "WebAssembly SIMD, eager (no jit)",
      async enter() {},
      async prepare(kind, inputs) {
        const program = known[kind];
        if (typeof program === "string") return program;
        const given = inputs.map(({ data, shape }) => np.array(data, { shape: [...shape] }));
        const compute = program(given);
        return {
          async run() {
            const outputs = [...compute()];
            await blockUntilReady(outputs);
            for (const x of outputs) x.dispose();
          },
          results: () => Promise.all(compute().map(async (x) => (await x.data()) as ArrayLike<number>)), // Reading consumes.
          close: () => given.forEach((x) => x.dispose()),
        };
      },
    };
  });
