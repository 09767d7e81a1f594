/** @file What each kernel takes on the GPU, by timestamps, while somebody asks. Knows labels, not what they compute. */
import type { KernelSpan, Timeline } from "@adjoint/core/backend";
import { usage } from "./buffers.ts";

/** GPUBufferUsage.QUERY_RESOLVE. */
const QUERY_RESOLVE = 512;
/** Kernels in one set of queries: WebGPU allows 4,096 queries, and each kernel takes two. */
const KERNELS_A_SET = 2048;
const BYTES_A_QUERY = 8;

export class Timestamps implements Timeline {
  readonly #device: GPUDevice;
  /** Submits what is recorded. */
  readonly #flush: () => void;
  readonly #sets: GPUQuerySet[] = [];
  #labels: string[] | undefined;

  constructor(device: GPUDevice, flush: () => void) {
    this.#device = device;
    this.#flush = flush;
  }

  get count(): number {
    return this.#labels?.length ?? 0;
  }

  start(): void {
    this.#labels = [];
  }

  /** For the pass of one kernel, if somebody measures. */
  next(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.#labels === undefined) return undefined;
    const number = this.#labels.push(label) - 1, set = Math.floor(number / KERNELS_A_SET), at = 2 * (number % KERNELS_A_SET);
    const querySet = (this.#sets[set] ??= this.#device.createQuerySet({ type: "timestamp", count: 2 * KERNELS_A_SET }));
    return { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  }

  async stop(): Promise<readonly KernelSpan[]> {
    const labels = this.#labels ?? [];
    this.#labels = undefined;
    this.#flush();
    const times: bigint[] = [];
    for (let set = 0; set * KERNELS_A_SET < labels.length; set++) {
      const queries = 2 * Math.min(KERNELS_A_SET, labels.length - set * KERNELS_A_SET);
      times.push(...(await this.#resolved(this.#sets[set]!, queries)));
    }
    // Begins and ends come in nanoseconds; drivers may round them, so that an end can lie before its begin.
    return labels.map((name, k) => ({ name, start: Number(times[2 * k]!) / 1e6, ms: Math.max(0, Number(times[2 * k + 1]! - times[2 * k]!) / 1e6) }));
  }

  async #resolved(set: GPUQuerySet, queries: number): Promise<BigUint64Array> {
    const size = queries * BYTES_A_QUERY, device = this.#device;
    const resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | usage.copySource }), staging = device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(set, 0, queries, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    resolved.destroy();
    staging.destroy();
    return times;
  }

  dispose(): void {
    for (const set of this.#sets) set.destroy();
  }
}
