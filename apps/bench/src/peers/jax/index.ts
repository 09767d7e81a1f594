/** @file jax-js on its wasm backend, eager and compiled. */
import { type Absent, opened, type Peer, timed } from "../../peer.ts";
import { programs } from "./programs.ts";

/** Opens jax-js. Results are waited for with its `blockUntilReady`. */
export const jax = (how: "eager" | "jit"): Promise<Peer | Absent> =>
  opened(`jax-js ${how}`, async () => {
    const library = await import("@jax-js/jax");
    const { blockUntilReady, defaultDevice, init, numpy: np } = library;
    if (!(await init("wasm")).includes("wasm")) throw new Error("its wasm backend does not start here");
    defaultDevice("wasm");
    const known = programs(library, how === "jit");
    return {
      note: how === "jit" ? "WebAssembly SIMD, each workload compiled by its jit" : "WebAssembly SIMD, eager",
      async enter() {},
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
