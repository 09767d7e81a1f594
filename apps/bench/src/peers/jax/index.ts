/** @file jax-js on its wasm and webgpu backends, eager and compiled. */
import { type Absent, opened, type Peer, timed } from "../../peer.ts";
import { programs } from "./programs.ts";

/** Opens jax-js. Results are waited for with its `blockUntilReady`. */
export const jax = (how: "eager" | "jit", device: "wasm" | "webgpu" = "wasm"): Promise<Peer | Absent> =>
  opened(`jax-js ${device === "wasm" ? "" : "webgpu "}${how}`, async () => {
    const library = await import("@jax-js/jax");
    const { blockUntilReady, defaultDevice, init, numpy: np } = library;
    if (!(await init(device)).includes(device)) throw new Error(`its ${device} backend does not start here`);
    defaultDevice(device);
    const known = programs(library, how === "jit");
    return {
      note: `${device === "wasm" ? "WebAssembly SIMD" : "WebGPU"}, ${how === "jit" ? "each workload compiled by its jit" : "eager"}`,
      async enter() {
        defaultDevice(device);
      },
      async prepare(kind, inputs) {
        const program = known[kind];
        if (typeof program === "string") return program;
        const given = inputs.map(({ data, shape }) => np.array(data, { shape: [...shape] }));
        const compute = program(given);
        return {
          run: timed(async () => {
            const outputs = [...compute()];
            await blockUntilReady(outputs);
            for (const x of outputs) x.dispose();
          }),
          results: () => Promise.all(compute().map(async (x) => (await x.data()) as ArrayLike<number>)), // Reading consumes.
          close: () => given.forEach((x) => x.dispose()),
        };
      },
    };
  });
