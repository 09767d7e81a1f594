/** @file Runs the statements of a program on one device, and says what can be seen of its tensors. */
import { AdjointError, AutogradError, type Backend, memory, noGrad, scope, type Scope, tensor, type Tensor } from "@adjoint/core";
import { type DType, dtypes, type Shape } from "@adjoint/core/backend";
import { check } from "../case.ts";
import { decode, encode } from "../host.ts";
import type { Statement } from "./program.ts";
import type { Host, Row } from "./row.ts";

/** What a statement threw. `typed`: one of the errors that this library promises. */
export type Thrown = { readonly type: string; readonly message: string; readonly typed: boolean; readonly error: Error };

/** All that is compared of a tensor. float64 counts as float32, which it stands for. */
export type Observation = {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly requiresGrad: boolean;
  readonly isLeaf: boolean;
  readonly gradFn: string | null;
  readonly values: readonly number[];
};

export type MachineOptions = {
  /** What float32 is computed in: float64 for the reference. */
  readonly real: "float32" | "float64";
  /** Moves float values a little before they are used, to learn what a little means to the program. */
  readonly nudge?: (value: number, place: number) => number;
};

const plain = (dtype: DType): DType => (dtype === "float64" ? "float32" : dtype);

export class Machine implements Host {
  readonly device: Backend;
  /** By name. null: a gradient that is not there. */
  readonly tensors: Map<string, Tensor | null> = new Map();
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #options: MachineOptions;
  readonly #scope: Scope = scope("generated program");
  readonly #before: number;
  /** Where nudges begin: a statement has its own, which does not depend on those around it. */
  #place = 0;

  constructor(device: Backend, rows: ReadonlyMap<string, Row>, options: MachineOptions) {
    this.device = device;
    this.#rows = rows;
    this.#options = options;
    this.#before = memory(device).tensors;
  }

  dtype(dtype: DType): DType {
    return dtype === "float32" ? this.#options.real : dtype;
  }

  leaf(values: readonly number[], shape: Shape, dtype: DType, requiresGrad: boolean): Tensor {
    const { nudge } = this.#options;
    const moved = nudge !== undefined && dtypes[dtype].kind === "float" ? values.map((x, i) => nudge(x, this.#place + i)) : values;
    if (dtype === "bool") return tensor(moved.map((x) => x !== 0), { shape, dtype, device: this.device, requiresGrad });
    return tensor([...moved], { shape, dtype, device: this.device, requiresGrad });
  }

  /** Runs one statement; what it throws is its outcome. */
  step(statement: Statement): Thrown | undefined {
    const found = this.#rows.get(statement.op);
    if (found === undefined) throw new Error(`no row is called ${statement.op}`);
    this.#place = placeOf(statement.results[0] ?? "");
    try {
      const inputs = statement.inputs.map((name) => {
        const input = this.tensors.get(name);
        if (input === undefined || input === null) throw new MissingInput(name);
        return input;
      });
      const run = (): Tensor | readonly (Tensor | null)[] => found.run(inputs, statement.attrs, this);
      const results = this.#scope.run(() => (statement.noGrad === true ? noGrad(run) : run()));
      const list: readonly (Tensor | null)[] = Array.isArray(results) ? (results as readonly (Tensor | null)[]) : [results as Tensor];
      statement.results.forEach((name, i) => { if (i < list.length) this.tensors.set(name, this.#lifted(list[i]!)); });
      this.resultCount = list.length;
      // A view learns that its base has changed when it is looked at, which moves its retainGrad: so all runs look at the same time.
      if (found.changes === "values") for (const tensor of this.tensors.values()) void tensor?.requiresGrad;
      return undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { type: error.name, message: error.message, typed: error instanceof AdjointError || error instanceof MissingInput, error };
    }
  }

  /**
   * Runs a statement on dense copies of its inputs, which share nothing, and leaves the program as it is.
   * @returns its results, and what became of its first input; undefined if it throws
   */
  async apart(statement: Statement): Promise<readonly Observation[] | undefined> {
    const found = this.#rows.get(statement.op)!;
    try {
      const seen = this.#scope.run(() => noGrad(() => {
        const inputs = statement.inputs.map((name) => this.tensors.get(name)!.detach().clone());
        const results = found.run(inputs, statement.attrs, this);
        return [...(Array.isArray(results) ? (results as readonly Tensor[]) : [results as Tensor]), ...inputs.slice(0, 1)];
      }));
      return await Promise.all(seen.map(observe));
    } catch {
      return undefined;
    }
  }

  /** How many results the last statement had. */
  resultCount: number = 0;

  /** Integers give float32 even where float32 stands for float64: carried on in float64. */
  #lifted(result: Tensor | null): Tensor | null {
    if (result === null || result.dtype !== "float32" || this.#options.real === "float32") return result;
    const { nudge } = this.#options;
    return this.#scope.run(() => noGrad(() => {
      const wide = result.to("float64");
      return nudge === undefined ? wide : wide.mul(nudge(1, this.#place));
    }));
  }

  /**
   * Changes some values of a tensor behind the tape's back, as rounding does: no version is raised, and what was saved
   * of it changes too. Only where they lie dense.
   * @param changed gives the new value, of element `i`
   */
  disturb(name: string, changed: (value: number, i: number) => number): void {
    const tensor = this.tensors.get(name);
    if (tensor === null || tensor === undefined || !tensor.window.dense || tensor.numel() === 0) return;
    const words = encode(tensor.dtype, decode(tensor.dtype, tensor.dataSync()).map(changed));
    this.device.write(tensor.window.buffer, tensor.window.offset, words);
  }

  /** Drops names. */
  forget(names: readonly string[]): void {
    for (const name of names) this.tensors.delete(name);
  }

  /** Everything that has a name, and the `.grad` of what has one. */
  named(): (readonly [name: string, tensor: Tensor | null])[] {
    return [...this.tensors].flatMap(([name, tensor]) => (tensor === null || tensor.grad === null ? [[name, tensor] as const] : [[name, tensor] as const, [`${name}.grad`, tensor.grad] as const]));
  }

  /** Sees everything that has a name. Reads are started at once, in order. */
  async observeAll(): Promise<Map<string, Observation | null>> {
    const all = await Promise.all(this.named().map(async ([name, tensor]) => [name, tensor === null ? null : await observe(tensor)] as const));
    return new Map(all);
  }

  /** Frees what the program made. */
  release(): void {
    this.#scope.close();
  }

  /** As `release`, and throws if something was left behind. */
  close(): void {
    this.release();
    const left = memory(this.device).tensors - this.#before;
    check(left === 0, `${left} tensors were left behind on ${this.device.name}`);
  }
}

/** Where the nudges of what has this name begin. */
export const placeOf = (name: string): number => [...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), 7) << 10;

/** A program that a shrinker cut in the wrong place. */
class MissingInput extends Error {
  override readonly name: string = "MissingInput";
  constructor(input: string) {
    super(`there is no ${input}`);
  }
}

const about = (tensor: Tensor, values: readonly number[]): Observation =>
  ({ shape: tensor.shape, dtype: plain(tensor.dtype), requiresGrad: tensor.requiresGrad, ...onTape(tensor), values });

export async function observe(tensor: Tensor): Promise<Observation> {
  const reading = tensor.data(), seen = about(tensor, []);
  return { ...seen, values: decode(tensor.dtype, await reading) };
}
/** Where a tensor stands on the tape. Of a view that may not be used any more, since its base has changed: the complaint. */
export function onTape(tensor: Tensor): { readonly isLeaf: boolean; readonly gradFn: string | null } {
  try {
    return { isLeaf: tensor.isLeaf, gradFn: tensor.gradFn?.name ?? null };
  } catch (error) {
    if (!(error instanceof AutogradError)) throw error;
    return { isLeaf: true, gradFn: error.message };
  }
}
/** As `observe`, on a device that can read at once. */
export const observeSync = (tensor: Tensor): Observation => about(tensor, decode(tensor.dtype, tensor.dataSync()));

/** The values of a leaf as its dtype holds them. */
export const heldBy = (dtype: DType, values: readonly number[]): number[] => decode(dtype, encode(dtype, values));
