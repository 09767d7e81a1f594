/**
 * @file Recording: many dispatches in one command buffer, submitted in order. Knows pipelines and chunks, not what they compute.
 * While it is held, commands wait in a list, since pipelines that they need are being compiled; `release` records them in their order.
 */
import type { TypedArray } from "@adjoint/core/backend";
import { BindGroups } from "./bind-groups.ts";
import { type Chunk, usage } from "./buffers.ts";
import type { Call, Calls } from "./calls.ts";
import { nameCulprit, type Submitted } from "./culprit.ts";
import type { Faults } from "./faults.ts";
import type { Pipeline } from "./pipelines.ts";
import { Timestamps } from "./timestamps.ts";

const RING_BYTES = 1 << 17;
/** Dispatches after which work is submitted, so that the device begins while the host goes on: more than a step of a small model has, whose read submits. */
const SUBMIT_AFTER = 256;

export class Recorder {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #calls: Calls;
  readonly #ring: GPUBuffer;
  readonly #step: number;
  readonly #longest: number;
  /** As an array, which Dawn in Node reads faster than a typed one. */
  readonly #offsets: number[] = [0];
  /** The uniforms of the recorded dispatches: the same words, read as three types. */
  readonly words: Uint32Array<ArrayBuffer> = new Uint32Array(RING_BYTES / 4);
  readonly ints: Int32Array = new Int32Array(this.words.buffer);
  readonly floats: Float32Array = new Float32Array(this.words.buffer);
  #used: number = 0;
  #slot: number = 0;
  /** What is recorded and not yet submitted. */
  #recorded: Submitted = { dispatches: [], copies: [] };
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #pipeline: Pipeline | undefined;
  #scheduled: boolean = false;
  #held: (() => void)[] | undefined;
  #released: Promise<void> | undefined;
  #tellReleased: () => void = () => {};
  /** Counts submissions: a chunk with `usedIn === epoch` is used by commands not yet submitted. */
  epoch: number = 1;
  dispatches: number = 0;
  submits: number = 0;
  /** Whether the device took what was submitted last, as soon as it has told. */
  accepted: Promise<boolean> = Promise.resolve(true);
  readonly groups: BindGroups;
  /** Where the device has them. */
  readonly timestamps: Timestamps | undefined;

  constructor(device: GPUDevice, faults: Faults, calls: Calls) {
    this.#device = device;
    this.#faults = faults;
    this.#calls = calls;
    this.#step = device.limits.minUniformBufferOffsetAlignment;
    this.#longest = device.limits.maxComputeWorkgroupsPerDimension;
    this.timestamps = device.features.has("timestamp-query") ? new Timestamps(device, faults, () => this.flush()) : undefined;
    this.#ring = device.createBuffer({ size: RING_BYTES, usage: usage.uniform | usage.copyTarget });
    this.groups = new BindGroups(device, faults, this.#ring);
  }

  /** Resolves when commands are recorded at once again; undefined if they are. */
  get released(): Promise<void> | undefined {
    return this.#released;
  }

  hold(): void {
    if (this.#held !== undefined) return;
    this.flush();
    this.#held = [];
    this.#released = new Promise((resolve) => { this.#tellReleased = resolve; });
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#released = undefined;
    if (this.#faults.fatal === undefined) for (const command of held) command();
    this.#tellReleased();
  }

  /** Reserves the uniforms of the next dispatch: the index of its first word in `words`. The header's zero is written. */
  uniforms(pipeline: Pipeline): number {
    const bytes = Math.ceil(pipeline.layout.uniformBytes / this.#step) * this.#step;
    if (this.#used + bytes > RING_BYTES) {
      this.flush();
      this.#used = 0; // also where nothing was recorded, since pipelines were refused
    }
    this.#slot = this.#used;
    if (this.#held === undefined) this.#used += bytes;
    const at = this.#slot >>> 2;
    this.words[at + 2] = 0;
    return at;
  }

  /** Records one dispatch of `threads` invocations over the uniforms just reserved; writes the header's count and row. */
  dispatch(made: Pipeline, chunks: readonly Chunk[], threads: number): void {
    const pipeline = made.sized(threads), groups = Math.ceil(threads / pipeline.workgroup);
    const row = this.rowOf(groups), at = this.#slot >>> 2;
    this.words[at] = threads;
    this.words[at + 1] = row * pipeline.workgroup;
    this.dispatchGroups(pipeline, chunks, row, groups);
  }

  /** Of so many workgroups those in a row, of rows that are as long as each other: a dimension takes no more than the device's limit. */
  rowOf(groups: number): number {
    return Math.ceil(groups / Math.ceil(groups / this.#longest));
  }

  /** @param row workgroups in a row, @param groups in all: the last row may have some beyond those */
  dispatchGroups(pipeline: Pipeline, chunks: readonly Chunk[], row: number, groups: number, call: Call | undefined = this.#calls.current): void {
    pipeline.start();
    if (this.#held !== undefined) {
      const at = this.#slot >>> 2, words = this.words.slice(at, at + (pipeline.layout.uniformBytes >>> 2)), kept = chunks.slice();
      this.#held.push(() => {
        this.words.set(words, this.uniforms(pipeline));
        this.dispatchGroups(pipeline, kept, row, groups, call);
      });
      return;
    }
    if (pipeline.gpu === undefined) return; // It was refused, which the next read reports.
    for (let i = 0; i < chunks.length; i++) chunks[i]!.usedIn = this.epoch;
    const timestampWrites = this.timestamps?.next(pipeline.label);
    if (timestampWrites !== undefined) this.#endPass(); // Only whole passes are measured.
    const pass = (this.#pass ??= this.#commands().beginComputePass(timestampWrites === undefined ? undefined : { timestampWrites }));
    if (this.#pipeline !== pipeline) {
      pass.setPipeline(pipeline.gpu);
      this.#pipeline = pipeline;
    }
    this.#offsets[0] = this.#slot;
    const bound = this.groups.of(pipeline.layout, chunks, pipeline.label, call);
    pass.setBindGroup(0, bound.group, this.#offsets);
    const rows = Math.ceil(groups / row);
    pass.dispatchWorkgroups(row, rows);
    if (timestampWrites !== undefined) this.#endPass();
    this.dispatches++;
    if (this.#recorded.dispatches.push({ pipeline, bound, offset: this.#slot, row, rows, call }) >= SUBMIT_AFTER) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(this.#flushLater);
    }
  }

  /** Copies bytes after everything recorded, and clears the source's first `clear` bytes afterwards. */
  copy(from: Chunk, start: number, to: GPUBuffer, toStart: number, bytes: number, clear: number = 0): void {
    if (this.#held !== undefined) {
      this.#held.push(() => this.copy(from, start, to, toStart, bytes, clear));
      return;
    }
    this.#endPass();
    const encoder = this.#commands();
    encoder.copyBufferToBuffer(from.gpu, start, to, toStart, bytes);
    if (clear > 0) encoder.clearBuffer(from.gpu, 0, clear);
    this.#recorded.copies.push({ from, start, to, toStart, bytes });
  }

  /** Submits what is recorded; says the new epoch. */
  flush(): number {
    const encoder = this.#encoder;
    if (encoder === undefined) return this.epoch;
    const recorded = this.#recorded, used = this.#used;
    this.#encoder = undefined;
    this.#used = 0;
    this.#recorded = { dispatches: [], copies: [] };
    this.accepted = this.#faults.watched((error) => nameCulprit(this.#device, recorded, error), () => {
      this.#endPass();
      if (used > 0) this.#device.queue.writeBuffer(this.#ring, 0, this.words, 0, used >>> 2);
      this.#device.queue.submit([encoder.finish()]);
    });
    this.submits++;
    return ++this.epoch;
  }

  /** Writes now, after every recorded command that uses the chunk. */
  write(chunk: Chunk, byte: number, values: TypedArray): void {
    if (this.#held !== undefined) {
      const copy = values.slice();
      this.#held.push(() => this.write(chunk, byte, copy));
      return;
    }
    if (chunk.usedIn === this.epoch) this.flush();
    this.#faults.unscoped(() => `writing ${values.byteLength} bytes`, () => this.#device.queue.writeBuffer(chunk.gpu, byte, values.buffer, values.byteOffset, values.byteLength));
  }

  dispose(): void {
    this.release();
    this.#encoder = undefined;
    this.#pass = undefined;
    this.timestamps?.dispose();
    this.#ring.destroy();
  }

  readonly #flushLater = (): void => {
    this.#scheduled = false;
    if (this.#faults.fatal === undefined) this.flush();
  };

  #commands(): GPUCommandEncoder {
    return (this.#encoder ??= this.#device.createCommandEncoder());
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#pipeline = undefined;
  }
}
