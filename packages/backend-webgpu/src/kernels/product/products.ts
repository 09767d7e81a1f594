/** @file Runs products: plans a call, finds or compiles its kernel, writes the words that all products have, and sums the parts of a divided depth. */
import { coalesce, denseView, type DType, DTypeError, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../../buffers.ts";
import type { WebGpuDevice } from "../../device.ts";
import { Operands } from "../../operands.ts";
import type { Pipeline } from "../../pipelines.ts";
import { identity } from "../reduce.ts";
import { blockShader } from "./blocks.ts";
import { keyOf, type Plan, planOf, type Sizes } from "./plan.ts";
import { registerShader } from "./registers.ts";
import { BAND_HEIGHT, BANDS, BLOCKS, COLUMN_BLOCKS, COLUMNS, COLUMNS_ALONG, DEPTH, PART_LENGTH, type Lie, type Lies, PART_STRIDE, PARTS, type ProductText, ROWS, ROWS_ALONG, scattered } from "./text.ts";

type Product = {
  readonly rows: View<WebGpuBuffer>;
  readonly columns: View<WebGpuBuffer>;
  /** Where the text has sums begin with other numbers than 0. */
  readonly beginnings?: View<WebGpuBuffer> | undefined;
  readonly out: View<WebGpuBuffer>;
  readonly sizes: Sizes;
  /** Whether neighbours along the depth lie nearer in memory than neighbouring rows, or columns. */
  readonly rowsAlong: boolean;
  readonly columnsAlong: boolean;
  /** Tells apart the texts of one kernel: 0 to 7. */
  readonly variant: number;
  readonly text: (slots: readonly [number, number, number], lies: Lies, beginnings: number | undefined) => ProductText;
  /** How the operands and the given output lie, where it matters: else all is scattered. */
  readonly lies?: (out: View<WebGpuBuffer>) => Lies;
  /** Writes the words of the operands; the output is given, since parts go elsewhere. */
  readonly write: (ints: Int32Array, at: number, out: View<WebGpuBuffer>) => void;
};

export class Products {
  readonly #device: WebGpuDevice;
  readonly #name: string;
  readonly #compiled: { readonly [D in DType]?: Map<number, Pipeline> } = { float32: new Map(), int32: new Map() };
  readonly #operands: Operands = new Operands();

  constructor(device: WebGpuDevice, name: string) {
    this.#device = device;
    this.#name = name;
  }

  run(product: Product): void {
    const device = this.#device, { out, sizes } = product, { dtype } = out;
    const plan = planOf(sizes, device.tuning, device.gpu.limits.maxComputeWorkgroupStorageSize);
    if (plan.parts === 1) return this.#record(product, plan, out);
    device.pool.lend(dtype, plan.parts * out.size, (apart) => {
      const target = denseView(apart, dtype, out.shape);
      this.#record(product, plan, target);
      const [from, to] = allParts(target, out, plan.parts);
      device.kernels.reduce([from], [to], { program: identity(dtype), params: [], op: "sum", reduced: 1 });
    });
  }

  #record({ rows, columns, beginnings, out, sizes, rowsAlong, columnsAlong, variant, text, lies: liesOf, write }: Product, plan: Plan, target: View<WebGpuBuffer>): void {
    const device = this.#device, { recorder } = device, { dtype } = out;
    const known = this.#compiled[dtype];
    if (known === undefined) throw new DTypeError(`webgpu: ${this.#name} takes float32 or int32, not ${dtype}`);
    const { chunks, slots, pattern } = this.#operands.collect(beginnings === undefined ? [rows, columns] : [rows, columns, beginnings], [target]);
    const products = [slots[0]!, slots[1]!, slots.at(-1)!] as const;

    const isBeside = beginnings !== undefined && products.includes(slots[2]!); // a buffer of numbers, and declared once
    const lies = plan.kernel.kind === "workgroup" && liesOf !== undefined && !isBeside ? together(liesOf(target), products) : scattered;
    const key = ((keyOf(plan.kernel) * 8 + variant) * 32 + codeOf(lies)) * 65536 + (pattern as number);
    let pipeline = known.get(key);
    if (pipeline === undefined) {
      const said = text(products, lies, beginnings === undefined ? undefined : slots[2]);
      const shader = plan.kernel.kind === "registers" ? registerShader(said, plan.kernel.tile) : blockShader(said, plan.kernel.side);
      known.set(key, (pipeline = device.pipelines.compile(shader)));
    }

    const at = recorder.uniforms(pipeline), { ints } = recorder;
    const blocks = plan.columnBlocks * plan.bands * plan.bandHeight * sizes.batch * plan.parts;
    ints[at + COLUMN_BLOCKS] = plan.columnBlocks;
    ints[at + BANDS] = plan.bands;
    ints[at + BAND_HEIGHT] = plan.bandHeight;
    ints[at + BLOCKS] = blocks;
    ints[at + ROWS] = sizes.rows;
    ints[at + COLUMNS] = sizes.columns;
    ints[at + DEPTH] = sizes.depth;
    ints[at + PARTS] = plan.parts;
    ints[at + PART_LENGTH] = plan.partLength;
    ints[at + PART_STRIDE] = out.size;
    ints[at + ROWS_ALONG] = rowsAlong ? 1 : 0;
    ints[at + COLUMNS_ALONG] = columnsAlong ? 1 : 0;
    write(ints, at, target);
    const workgroups = plan.kernel.kind === "registers" ? Math.ceil(blocks / plan.kernel.tile.group) : blocks;
    recorder.dispatchGroups(pipeline, chunks, recorder.rowOf(workgroups), workgroups);
  }
}

const codes: { readonly [L in Lie]: number } = { scattered: 0, along: 1, across: 2 };
const codeOf = ({ rows, columns, isWide }: Lies): number => codes[rows] + 3 * codes[columns] + (isWide ? 9 : 0);

/** A buffer is declared once: as vectors only if every view of it is read or written so. */
function together({ rows, columns, isWide }: Lies, [x, y, out]: readonly number[]): Lies {
  const wide = [rows !== "scattered", columns !== "scattered", isWide], slots = [x, y, out];
  const stays = (k: number): boolean => wide[k]! && slots.every((slot, other) => slot !== slots[k] || wide[other]!);
  return { rows: stays(0) ? rows : "scattered", columns: stays(1) ? columns : "scattered", isWide: stays(2) };
}

/** The parts of each element as the last dim, and where their sum goes, with as few dims as both allow. */
function allParts({ buffer, dtype, shape: whole, strides, size }: View<WebGpuBuffer>, out: View<WebGpuBuffer>, parts: number): readonly [View<WebGpuBuffer>, View<WebGpuBuffer>] {
  const { shape, strides: [apart, to] } = coalesce(whole, [strides, out.strides]);
  return [new View(buffer, dtype, [...shape, parts], [...apart!, size], 0, size * parts, false), new View(out.buffer, dtype, shape, to!, out.offset, size, out.dense)];
}
