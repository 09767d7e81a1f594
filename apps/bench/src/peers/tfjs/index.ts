/** @file TensorFlow.js on its backends. In Node its wasm backend has one thread. */
import type { Tensor } from "@tensorflow/tfjs";
import { type Absent, opened, type Peer, timed } from "../../peer.ts";
import { programs } from "./programs.ts";

const notes = { cpu: "plain JavaScript", wasm: "WebAssembly SIMD, one thread", webgpu: "WebGPU" };
/** Where the files of its wasm backend are: a folder, or each of them. */
export type WasmFiles = string | Record<string, string>;

/** Opens TensorFlow.js on one of its backends. On cpu and wasm its computations are synchronous: there is no queue to wait for. */
export const tfjs = (backend: "cpu" | "wasm" | "webgpu", wasmFiles?: () => Promise<WasmFiles>): Promise<Peer | Absent> =>
  opened(`tfjs ${backend}`, async () => {
    const tf = await import("@tensorflow/tfjs");
    tf.enableProdMode(); // No advertisement on the console, and no checks.
    if (backend === "wasm") {
      const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      setWasmPaths(await wasmFiles!());
      tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // One thread, as Adjoint; and its workers do not survive a bundler.
    }
    if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
    if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start here`);
    const known = programs(tf);
    return {
      note: notes[backend],
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
          // On webgpu one element is read: that alone waits until the work is done.
          run: timed(async () => {
            const outputs = tidy(), last = backend === "webgpu" ? tf.tidy(() => outputs[0]!.reshape([-1]).slice(0, 1)) : undefined;
            await last?.data();
            tf.dispose([...outputs, ...(last === undefined ? [] : [last])]);
          }),
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
