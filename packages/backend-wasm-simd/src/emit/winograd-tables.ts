/** @file What the kernels of Winograd's way read from memory: the words of each entry of their tables, by name, as offsets in bytes. */

/** Tiles of two by two places of the output see four by four of x; each becomes as many numbers, which lie a plane apart. */
export const TILE = 2, SEEN = 4, PLANES = 16;

/** The size of an entry. */
export const bytesOf = (entry: Readonly<Record<string, number>>): number => 4 * Object.keys(entry).length;

/**
 * Rows of tiles of one example: where the first of x's rows that they see lies, from which to which of them x has them; where the first row of the output lies, and
 * how many it has.
 */
export const SEGMENT = { x: 0, first: 4, last: 8, out: 12, rows: 16, tileRows: 20 } as const;
/**
 * What all blocks have in common: x and y, that is the output or its gradient; the planes v of x, w of y, and u of the filter. `areas` has one for each thread, and places
 * of what a thread needs are distances in it. `yInPlace`: tiles of y are all whole, so it is read where it lies.
 */
export const COMMON = {
  channels: 0, xChannel: 4, xRow: 8, xWidth: 12, xLeft: 16, yChannel: 20, yRow: 24, yWidth: 28,
  roomRow: 32, fours: 36, tileRow: 40, vLine: 44, vPlane: 48, wLine: 52, wPlane: 56, uLine: 60, uPlane: 64,
  areas: 68, areaBytes: 72, xRoom: 76, yRoom: 80, v: 84, w: 88, packedRows: 92, packedColumns: 96, check: 100, yInPlace: 104, bias: 108,
} as const;
/** The segments of a block, and its tiles. */
export const BLOCK = { segments: 0, count: 4, tiles: 8 } as const;
/** Rows of a product for tiles of one height: where they lie in a, b and c, for how many steps of the depth, whether they are added. */
export const PRODUCT = { isLarge: 0, rows: 4, a: 8, b: 12, c: 16, depth: 20, accumulate: 24 } as const;
