/** @file Arguments as PyTorch's constructors take them. */

/**
 * A class whose one interesting option comes first in PyTorch takes it by position or by name: `new Dropout(0.1)`, `new Dropout({ p: 0.1 })`.
 */
export function leading<K extends string, O extends object>(name: K, first: NonNullable<O[K & keyof O]> | O | undefined, rest: O | undefined): O {
  return typeof first === "object" ? { ...(first as O), ...rest } : first === undefined ? ((rest ?? {}) as O) : ({ ...rest, [name]: first } as O);
}

export type InplaceOptions = {
  /** Changes the input instead of making a tensor. */
  readonly inplace?: boolean;
};
