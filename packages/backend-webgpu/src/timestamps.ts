/** @file What each kernel takes on the GPU, by timestamps, while somebody asks. Knows labels, not what they compute. */
import type { KernelSpan, Timeline } from "@adjoint/core/backend";
import { usage } from "./buffers.ts";
import type { Faults } from "./faults.ts";

/** GPUBufferUsage.QUERY_RESOLVE. */
const QUERY_RESOLVE = 512;
/** Kernels in one set of queries: WebGPU allows 4,096 queries, and each kernel takes two. */
const KERNELS_A_SET = 2048;
const BYTES_A_QUERY = 8;

export class Timestamps implements Timeline {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  /** Submits what is recorded. */
  readonly #flush: () => void;
  readonly #sets: GPUQuerySet[] = [];
  #labels: string[] | undefined;

  constructor(device: GPUDevice, faults: Faults, flush: () => void) {
    this.#device = device;
    this.#faults = faults;
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
    if (labels.length === 0) return [];
    this.#faults.assertAlive();
    this.#flush();
    const times = await this.#faults.unguarded(this.#resolved(2 * labels.length));
    // Begins and ends come in nanoseconds; drivers may round them, so that an end can lie before its begin.
    return labels.map((name, k) => ({ name, start: Number(times[2 * k]!) / 1e6, ms: Math.max(0, Number(times[2 * k + 1]! - times[2 * k]!) / 1e6) }));
  }

  /** Submits at once, so that the sets may be written again. */
  async #resolved(queries: number): Promise<BigUint64Array> {
    const size = queries * BYTES_A_QUERY, device = this.#device, encoder = device.createCommandEncoder();
    const [resolved, staging] = this.#faults.watch(() => "reading timestamps", () => {
      const target = device.createBuffer({ size, usage: QUERY_RESOLVE | usage.copySource }), copy = device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
      for (let first = 0; first < queries; first += 2 * KERNELS_A_SET)
        encoder.resolveQuerySet(this.#sets[first / (2 * KERNELS_A_SET)]!, 0, Math.min(queries - first, 2 * KERNELS_A_SET), target, first * BYTES_A_QUERY);
      encoder.copyBufferToBuffer(target, 0, copy, 0, size);
      device.queue.submit([encoder.finish()]);
      return [target, copy];
    });
    try {
      await staging.mapAsync(1);
      return new BigUint64Array(staging.getMappedRange().slice(0));
    } finally {
      resolved.destroy();
      staging.destroy();
    }
  }

  dispose(): void {
    for (const set of this.#sets) set.destroy();
  }
}
