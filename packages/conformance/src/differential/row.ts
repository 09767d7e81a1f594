/** @file What a row of the table of ops says: how a call is drawn, how it runs, what it does to memory. */
import type { DType, DTypeInfo, Shape } from "@adjoint/core/backend";
import type { Tensor } from "@adjoint/core";
import type { NaiveView } from "./naive-view.ts";
import type { Attrs } from "./program.ts";
import type { Random } from "./random.ts";

export type Kind = DTypeInfo["kind"];
/** Where the values of an input must lie so that the op is defined and tame there. */
export type Domain = "any" | "finite" | "positive" | "away" | "unit" | "exponent";

/** A tensor of the program so far, as the reference run has it. */
export interface Variable {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly requiresGrad: boolean;
  readonly isLeaf: boolean;
  /** Whether it has a `.grad`. */
  readonly hasGrad: boolean;
}

export type Want = {
  readonly kinds?: readonly Kind[];
  readonly dtype?: DType;
  readonly domain?: Domain;
  readonly accepts?: (variable: Variable) => boolean;
};

/** What rows draw calls from. */
export interface Drawer {
  readonly random: Random;
  readonly variables: readonly Variable[];
  /** The dtypes that this program uses. */
  readonly dtypes: readonly DType[];
  /** One that fits, the younger the likelier; undefined where there is none. */
  existing(want: Want): Variable | undefined;
  /** One that fits, or else a new leaf of this shape (a drawn one if left out) and a dtype that fits. */
  variable(want: Want, shape?: Shape): Variable;
  /** One that broadcasts together with a shape; with `into`, without changing that shape. */
  partner(shape: Shape, want: Want, into?: boolean): Variable;
}

export type Draft<A extends Attrs> = { readonly inputs: readonly Variable[]; readonly attrs: A };

/** The device that a program runs on, as rows see it. */
export interface Host {
  /** A dtype of the program: the reference computes in float64 what is float32 elsewhere. */
  dtype(dtype: DType): DType;
  leaf(values: readonly number[], shape: Shape, dtype: DType, requiresGrad: boolean): Tensor;
}

export type Results = Tensor | readonly (Tensor | null)[];

/** An op of the generated programs. To add one, add a row. */
export interface Row<A extends Attrs = Attrs> {
  readonly op: string;
  /** How often, within its family; 1 unless given. */
  readonly weight?: number;
  /** Inputs and attributes of a call, or undefined if none comes to mind. It may be a call that is an error. */
  draw(drawer: Drawer): Draft<A> | undefined;
  run(inputs: readonly Tensor[], attrs: A, host: Host): Results;
  /** Where results share memory with the first input: for each result its view, or undefined for memory of its own. Left out: all have their own. */
  views?(input: NaiveView, attrs: A): readonly (NaiveView | undefined)[];
  /** "values": it writes into its first input. "gradients": it changes `.grad` or what is recorded. */
  readonly changes?: "values" | "gradients";
  /** Right to one rounding on every device: a result that float32 holds is that very number. */
  readonly exact?: true;
  /** Its result depends on its input, and its gradient does not. */
  readonly cuts?: true;
  /** It works on the host: only devices that can be read at once have it, and programs for others are drawn without it. */
  readonly onHost?: true;
}

/** A row, its attributes checked against its own functions. */
export const row = <A extends Attrs>(definition: Row<A>): Row => definition;
/** The same rows, said to be exact. */
export const exact = (rows: readonly Row[]): Row[] => rows.map((r) => ({ ...r, exact: true as const }));
