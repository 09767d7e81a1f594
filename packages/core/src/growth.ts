/** @file `watchGrowth(backend)`: a backend that says once when what is alive grows and grows, with the lines that made it. */
import { around } from "./around.ts";
import type { Backend, Buffer } from "./backend.ts";
import { dtypes } from "./dtype.ts";
import { here, linesOf } from "./stack-lines.ts";
import { warn } from "./warning.ts";

export type GrowthOptions = {
  /** After how many tensors to look: 1,000 by default. */
  readonly every?: number;
  /** How many looks, each with more alive than at the one before, are a loop that grows: 5 by default. */
  readonly looks?: number;
};

/**
 * The same backend, for development: where more tensors are alive at each of several looks, it warns once, in the words of `onWarning`, of how
 * many there are and which lines of the program made them. It remembers a stack for each tensor that is alive, so it is slow.
 * @example
 * setDefaultDevice(watchGrowth(cpu()));
 */
export function watchGrowth(backend: Backend, options: GrowthOptions = {}): Backend {
  const { every = 1000, looks = 5 } = options, alive = new Map<Buffer, { readonly at: Error; readonly bytes: number }>();
  /** The fewest that were alive since the last look, whatever step of a loop that fell into. */
  let fewest = 0;
  let made = 0, before = 0, grown = 0, isTold = false;
  function look(): void {
    grown = fewest > before ? grown + 1 : 0;
    before = fewest;
    fewest = alive.size;
    if (grown < looks || isTold) return;
    isTold = true;
    warn(described());
  }
  function described(): string {
    const lines = new Map<string, number>();
    let bytes = 0;
    for (const { at, bytes: own } of alive.values()) {
      const line = (linesOf(at)[0] ?? "a line that the host does not tell").trim();
      lines.set(line, (lines.get(line) ?? 0) + 1);
      bytes += own;
    }
    const most = [...lines].sort(([, a], [, b]) => b - a).slice(0, 3).map(([line, count]) => `\n  ${count} ${line}`);
    return `the memory of device '${backend.name}' grows: ${alive.size} tensors (${(bytes / 1e6).toFixed(1)} MB) are alive, more at each of ${looks} looks ${every} tensors apart. Most were made here:${most.join("")}\n` +
      "A loop frees what it makes with a scope: using s = scope(); what is to be kept is told by keep().";
  }
  return around(backend, {
    collected: false, // so that what the collector frees is told
    allocate(dtype, length) {
      const buffer = backend.allocate(dtype, length);
      alive.set(buffer, { at: here(), bytes: length * dtypes[dtype].bytes });
      if (++made % every === 0) look();
      return buffer;
    },
    free(buffer) {
      alive.delete(buffer);
      fewest = Math.min(fewest, alive.size);
      backend.free(buffer);
    },
  });
}
