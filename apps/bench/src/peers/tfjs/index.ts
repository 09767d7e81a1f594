/** @file TensorFlow.js on its cpu and wasm backends. In Node its wasm backend has one thread. */
import type { Tensor } from "@tensorflow/tfjs";
import { dirname } from "node:path";
import { createRequire } from "node:module";
import { type Absent, opened, type Peer, timed } from "../../peer.ts";
import { programs } from "./programs.ts";

/** Opens TensorFlow.js on one of its backends. Its computations are synchronous on both, so there is no queue to wait for. */
export const tfjs = (backend: "cpu" | "wasm"): Promise<Peer | Absent> =>
  opened(`tfjs ${backend}`, async () => {
    const tf = await import("@tensorflow/tfjs");
    tf.enableProdMode(); // No advertisement on the console, and no checks.
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
          run: timed(async () => tf.dispose(tidy())),
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
