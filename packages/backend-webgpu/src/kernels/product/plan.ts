/** @file Which kernel computes a product of given sizes, and over which grid. Pure numbers. */
import { blockBytes, type BlockSide, SLICE } from "./blocks.ts";
import type { Tuning } from "../../tuning.ts";
import type { Tile } from "./registers.ts";

export type Sizes = { readonly rows: number; readonly columns: number; readonly depth: number; readonly batch: number };
export type Kernel = { readonly kind: "registers"; readonly tile: Tile } | { readonly kind: "workgroup"; readonly side: BlockSide };
export type Plan = {
  readonly kernel: Kernel;
  /** Blocks of results: a workgroup has one, or each of its invocations. */
  readonly columnBlocks: number;
  readonly bands: number;
  /** Blocks of a column that are numbered one after the other. */
  readonly bandHeight: number;
  /** Pieces of the depth that are summed apart, and the depths of each. */
  readonly parts: number;
  readonly partLength: number;
};

/** Every tile there is: one pipeline for each that is met. Where workgroups are small, few results still keep several cores busy; hardware runs 32 or 64 invocations at once. */
const tiles = {
  row: { rows: 1, columns: 8, group: 16 },
  low: { rows: 4, columns: 8, group: 16 },
  square: { rows: 8, columns: 8, group: 16 },
  narrow: { rows: 1, columns: 4, group: 64 },
  small: { rows: 4, columns: 4, group: 64 },
} as const satisfies Record<string, Tile>;

/** Invocations with which a device is busy: below that, parts of the depth run beside each other. */
const BUSY = { registers: 256, workgroup: 1 << 14 } as const;
/** The same in blocks, by their side: the schedulers of 132 multiprocessors, four each, have a warp each. */
const BUSY_BLOCKS = { 64: 256, 128: 128 } as const;
/**
 * Depths that parts must spare their invocations, on hardware: to add parts is another dispatch, 10 to 15 microseconds of host, hand-over and memory. A block that has a
 * multiprocessor to itself takes 0.7 for a slice of 16 depths, since each of its two warps has 64 products for each depth, of which its scheduler begins one a clock of 1.7 GHz (0.6).
 * An invocation with a tile of its own waits for memory, some 0.4 for four depths.
 */
const SPARED = { blocks: 384, tiles: 192 } as const;
/** Rows, or columns, so few that a block of them would be mostly empty. */
export const FEW = 16;
/** A part shorter than this is not worth its own sum. */
const SHORTEST_PART = 128;

export function planOf(sizes: Sizes, tuning: Tuning, workgroupBytes: number): Plan {
  const kernel = kernelOf(sizes, tuning, workgroupBytes);
  const { rows: height, columns: width } = kernel.kind === "registers" ? kernel.tile : { rows: kernel.side, columns: kernel.side };
  const columnBlocks = Math.ceil(sizes.columns / width), rowBlocks = Math.ceil(sizes.rows / height);
  const isBlock = kernel.kind === "workgroup", busy = isBlock ? BUSY_BLOCKS[kernel.side] : BUSY[tuning], spared = tuning === "registers" ? 0 : isBlock ? SPARED.blocks : SPARED.tiles;
  const possible = Math.max(1, Math.min(Math.ceil(busy / (columnBlocks * rowBlocks * sizes.batch)), Math.floor(sizes.depth / SHORTEST_PART)));
  const wanted = sizes.depth - sizes.depth / possible > spared ? possible : 1;
  const partLength = Math.max(1, Math.ceil(sizes.depth / wanted / SLICE)) * SLICE; // depth 0 gives zeros
  const bandHeight = Math.min(rowBlocks, isBlock ? 8 : 4);
  return { kernel, columnBlocks, bands: Math.ceil(rowBlocks / bandHeight), bandHeight, parts: Math.max(1, Math.ceil(sizes.depth / partLength)), partLength };
}

function kernelOf({ rows, columns, batch }: Sizes, tuning: Tuning, workgroupBytes: number): Kernel {
  const registers = (tile: Tile): Kernel => ({ kind: "registers", tile });
  if (rows === 1) return registers(columns <= 4 || tuning === "workgroup" ? tiles.narrow : tiles.row);
  // A software adapter compiles 16 results in two thirds of the time of 32, of a convolution in half.
  if (tuning === "registers") return registers(Math.max(rows, columns) <= 4 ? tiles.small : rows <= 4 ? tiles.low : tiles.square);
  if (Math.min(rows, columns) <= FEW || blockBytes(64) > workgroupBytes) return registers(tiles.small);
  // The larger block does twice the work for what it reads, if there are enough of them and both sides fill it.
  const large = Math.min(rows, columns) > 64 ? Math.ceil(rows / 128) * Math.ceil(columns / 128) * batch : 0;
  return { kind: "workgroup", side: large >= BUSY_BLOCKS[128] && blockBytes(128) <= workgroupBytes ? 128 : 64 };
}

export const keyOf = (kernel: Kernel): number => (kernel.kind === "workgroup" ? 1024 + kernel.side : kernel.tile.rows * 32 + kernel.tile.columns);
