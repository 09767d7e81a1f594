/** @file PyTorch on one thread of the processor, the native yardstick, or on the graphics card: a process of its own, where `python3` has it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Absent, type Input, opened, type Peer, yardsticks } from "../../peer.ts";
import { additions, block, epsilon, gelu, graphs, learningRate, picked } from "../../workloads.ts";

/** Debian's own Python comes first: its package of PyTorch is for that one. */
const pythons = ["/usr/bin/python3", "python3"];
/** BLAS reads its number of threads before PyTorch can say one. */
const environment = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
/** Holds PyTorch's own kernels, oneDNN and whichever BLAS it has to vectors of 256 bits. Each obeys a variable of its own; oneDNN's has an older name beside. */
const avx2 = { ATEN_CPU_CAPABILITY: "avx2", ONEDNN_MAX_CPU_ISA: "AVX2", DNNL_MAX_CPU_ISA: "AVX2", OPENBLAS_CORETYPE: "Haswell", MKL_ENABLE_INSTRUCTIONS: "AVX2" };
type Kind = { readonly name: string; readonly device: "cpu" | "cuda"; readonly note: string; readonly limits: NodeJS.ProcessEnv };
const kinds = {
  widest: { name: yardsticks[0], device: "cpu", note: "one thread", limits: {} },
  avx2: { name: yardsticks[1], device: "cpu", note: "one thread, vectors of 256 bits", limits: avx2 },
  cuda: { name: "PyTorch CUDA", device: "cuda", note: "without TF32", limits: {} },
} as const satisfies { readonly [name: string]: Kind };

/** Asks the process and gives what it answers. */
type Ask = (request: object) => Promise<unknown>;

function conversation(child: ChildProcess): Ask {
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  const fail = (reason: string): void => {
    for (const each of waiting.splice(0)) each.reject(new Error(reason));
  };
  child.on("error", (error) => fail(error.message));
  child.on("exit", () => fail("no PyTorch in this Python"));
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const reply = JSON.parse(line) as { readonly ok?: unknown; readonly error?: string };
    const { resolve, reject } = waiting.shift()!;
    if (reply.error === undefined) resolve(reply.ok);
    else reject(new Error(reply.error));
  });
  return (request) => new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    child.stdin!.write(`${JSON.stringify(request)}\n`);
  });
}

const constants = { additions, epsilon, graphs, learningRate, ...gelu, ...block, ...picked };

async function start({ device, limits }: Kind): Promise<{ readonly ask: Ask; readonly version: string }> {
  let reason: unknown;
  for (const python of pythons) {
    const child = spawn(python, [fileURLToPath(new URL("worker.py", import.meta.url))], { stdio: ["pipe", "pipe", "ignore"], env: { ...environment, ...limits } });
    child.stdin.on("error", () => {}); // Its end is told by "exit".
    const ask = conversation(child);
    try {
      const { version } = (await ask({ ask: "open", device, constants })) as { version: string };
      return { ask, version };
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

const encoded = ({ data, shape }: Input): object => ({ shape, data: Buffer.from(data.buffer).toString("base64") });
const decoded = (text: string): Float32Array => {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

/** @param kind vectors as wide as the processor has them, or of 256 bits, or the graphics card */
export const torch = (kind: keyof typeof kinds = "widest"): Promise<Peer | Absent> =>
  opened(kinds[kind].name, async () => {
    const { ask, version } = await start(kinds[kind]);
    return {
      note: `${version}, native, ${kinds[kind].note}`,
      async enter() {},
      async prepare(kind, inputs) {
        await ask({ ask: "prepare", kind, inputs: inputs.map(encoded) });
        return {
          run: async (count) => (await ask({ ask: "run", count })) as number,
          results: async () => ((await ask({ ask: "results" })) as string[]).map(decoded),
          close() {},
        };
      },
    };
  });
