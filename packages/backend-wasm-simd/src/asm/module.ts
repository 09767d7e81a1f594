/** @file Assembles functions into a WebAssembly module that imports its memory, and what sets its thread apart. Every function is exported under its name. */
import { append, name as encodeName, unsigned } from "./bytes.ts";
import { Code, type Local, type ValueType, valueTypes } from "./code.ts";

type Signature = { readonly parameters: readonly ValueType[]; readonly results: readonly ValueType[] };
type Parameters<P extends readonly ValueType[]> = { [I in keyof P]: Local<P[I]> };

export class Module {
  readonly #functions: { readonly name: string; readonly signature: Signature; readonly code: number[] }[] = [];

  /** Adds a function; returns its index, for calls from functions added later. */
  func<const P extends readonly ValueType[]>(
    name: string, parameters: P, results: readonly ValueType[], body: (f: Code, ...parameters: Parameters<P>) => void): number {
    const f = new Code(parameters.length);
    const locals = parameters.map((type, index) => ({ index, type })) as Parameters<P>;
    body(f, ...locals);
    this.#functions.push({ name, signature: { parameters, results }, code: f.finish() });
    return this.#functions.length - 1;
  }

  /** @param shared whether the memory is shared among threads */
  bytes(shared: boolean = false): Uint8Array<ArrayBuffer> {
    const out: number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const all = this.#functions;
    section(out, 1, all, ({ signature }) => {
      const type = [0x60];
      for (const side of [signature.parameters, signature.results]) {
        unsigned(type, side.length);
        for (const t of side) type.push(valueTypes[t]);
      }
      return type;
    });
    // "m"."m": a memory of at least 0 pages, a shared one of at most 65,536; "m"."t": an i32
    section(out, 2, [[1, 0x6d, 1, 0x6d, 2, ...(shared ? [3, 0, 0x80, 0x80, 4] : [0, 0])], [1, 0x6d, 1, 0x74, 3, 0x7f, 0]], (entry) => entry);
    section(out, 3, all, (_, i) => number(i));
    section(out, 7, all, ({ name }, i) => {
      const entry: number[] = [];
      encodeName(entry, name);
      entry.push(0);
      unsigned(entry, i);
      return entry;
    });
    section(out, 10, all, ({ code }) => {
      const entry = number(code.length);
      append(entry, code);
      return entry;
    });
    return new Uint8Array(out);
  }
}

function number(value: number): number[] {
  const out: number[] = [];
  unsigned(out, value);
  return out;
}

function section<T>(out: number[], id: number, items: readonly T[], encode: (item: T, index: number) => number[]): void {
  const content = number(items.length);
  items.forEach((item, i) => append(content, encode(item, i)));
  out.push(id);
  unsigned(out, content.length);
  append(out, content);
}
