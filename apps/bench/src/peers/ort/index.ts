/** @file ONNX Runtime in WebAssembly, on one thread. Its inputs and results lie in JavaScript's memory: what it copies in and out is part of a run. */
import { type Absent, type Input, opened, type Peer, timed } from "../../peer.ts";
import { permuted, programs } from "./programs.ts";

export const ort = (): Promise<Peer | Absent> =>
  opened("ort-web", async () => {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-web");
    env.wasm.numThreads = 1;
    return {
      note: "WebAssembly SIMD, one thread; copies inputs and results",
      async enter() {},
      async prepare(kind, inputs) {
        const program = programs[kind];
        if (typeof program === "string") return program;
        const laid = inputs.map((input, i) => program.layouts?.[i]?.(input) ?? input);
        const session = await InferenceSession.create(program.model(laid.map(({ shape }) => shape)), { executionProviders: ["wasm"] });
        const feeds = Object.fromEntries(laid.map(({ data, shape }: Input, i) => [`x${i}`, new Tensor("float32", data, [...shape])]));
        return {
          run: timed(async () => {
            const { y } = await session.run(feeds);
            y!.dispose();
          }),
          async results() {
            const { y } = await session.run(feeds), data = y!.data as Float32Array<ArrayBuffer>;
            return [program.last === true ? permuted({ data, shape: y!.dims }, [0, 2, 3, 1]).data : data];
          },
          close: () => void session.release(),
        };
      },
    };
  });
