/** @file `parity(backend, reference)`: a backend that runs every kernel on two devices and says where they differ first. */
import type { Backend, Buffer, FusedKernels, Kernel, Kernels, PrimitiveAttrs } from "../backend.ts";
import { decodeHost, type DType, type TypedArray } from "../dtype.ts";
import { ArgumentError, ParityError } from "../errors.ts";
import { extent, View } from "../view.ts";
import { apartness, type Difference, differenceOf, isExact, moved, movedProgram, placesOf, type Spread } from "./compare.ts";
import { type Call, type Region, reproductionOf } from "./reproduction.ts";

export type ParityOptions = {
  /** How many times what a rounding of its inputs makes of a result the two may lie apart: 64 by default. */
  readonly tolerance?: number;
};
/** One buffer on each device. The second holds what the first does, but while a kernel is compared. */
type Pair = { readonly main: Buffer; readonly shadow: Buffer };
type AnyKernel = Kernel<never>;
const TURNS = [1, 2, 3, 4];

/**
 * The backend, with every kernel run on the reference too, from the same inputs. The first whose results differ is a ParityError: thrown by the op
 * itself where the backend can be read at once, so that the stack says which line; otherwise the next read or `sync` rejects with it, and what comes after is not compared. Its
 * `reproduction` is a program that makes the call again. What both devices have is there: dtypes, limits, fused kernels.
 * For finding a kernel that is wrong, or a device that is: it reads everything back, and takes the memory of both.
 *
 * @param reference a backend that can be read at once, such as `cpu()`
 * @example
 * const device = parity(await webgpu(), cpu()); // and train on it
 */
export function parity(backend: Backend, reference: Backend, options: ParityOptions = {}): Backend {
  const { tolerance = 64 } = options, look = reference.readSync?.bind(reference);
  if (look === undefined) throw new ArgumentError(`parity: the reference '${reference.name}' cannot be read at once; take cpu()`);
  /** What the reference still has to do: of a backend that reads later, one call after the other. */
  let pending: Promise<void> = Promise.resolve();
  let failure: unknown, isOver = false;
  const isLate = backend.readSync === undefined;

  function onReference(act: () => void): void {
    if (!isLate) act();
    else pending = pending.then(act);
  }
  /** Of a backend that reads later, the first difference: calls after it were made from results that differ, and are not compared. */
  function fail(error: unknown): void {
    if (!isOver) failure = error;
    isOver = true;
  }
  function report(): void {
    const error = failure;
    failure = undefined;
    if (error !== undefined) throw error;
  }

  /** Views with their buffers on one of the devices; what was one view stays one. */
  function on(side: keyof Pair, call: Call): Call {
    const known = new Map<View, View>();
    const seen = (view: View): View => {
      let own = known.get(view);
      if (own === undefined) known.set(view, (own = new View((view.buffer as Pair)[side], view.dtype, view.shape, view.strides, view.offset, view.size, view.dense)));
      return own;
    };
    return { ...call, inputs: call.inputs.map(seen), outputs: call.outputs.map(seen) };
  }
  const start = (device: Backend, { kernel, inputs, outputs, attrs }: Call): void => (device.kernels[kernel as keyof Kernels] as AnyKernel)(inputs, outputs, attrs as never);

  /** What the call sees of each buffer, before it runs. */
  function regionsOf({ inputs, outputs }: Call): Map<object, Region> {
    const ends = new Map<object, readonly [low: number, high: number, dtype: DType]>();
    for (const view of [...inputs, ...outputs]) {
      const [low, high] = extent(view), known = ends.get(view.buffer);
      ends.set(view.buffer, [Math.min(low, known?.[0] ?? low), Math.max(high, known?.[1] ?? high), view.dtype]);
    }
    return new Map([...ends].map(([buffer, [low, high, dtype]]) => [buffer, { low, dtype, words: look!(buffer, low, high - low + 1) }]));
  }
  const wordsOf = (view: View): TypedArray => { const [low, high] = extent(view); return look!(view.buffer, low, high - low + 1); };

  /** The results of the reference from inputs that are moved by a rounding. */
  function movedResults(call: Call, regions: ReadonlyMap<object, Region>, turn: number): ArrayLike<number>[] {
    const copies = new Map<object, Buffer>(), windows = new Map<View, View>(), written = new Set<object>(call.outputs.map((view) => view.buffer));
    for (const [buffer, { words, dtype }] of regions) {
      const copy = reference.allocate(dtype, words.length);
      copies.set(buffer, copy);
      reference.write(copy, 0, written.has(buffer) && !call.inputs.some((view) => view.buffer === buffer) ? words : moved(dtype, words, turn));
    }
    const seen = (view: View): View => {
      let own = windows.get(view);
      if (own === undefined) windows.set(view, (own = new View(copies.get(view.buffer)!, view.dtype, view.shape, view.strides, view.offset - regions.get(view.buffer)!.low, view.size, view.dense)));
      return own;
    };
    try {
      start(reference, { ...call, inputs: call.inputs.map(seen), outputs: call.outputs.map(seen) });
      return call.outputs.map((view) => decodeHost(view.dtype, wordsOf(seen(view))));
    } finally {
      for (const copy of copies.values()) reference.free(copy);
    }
  }

  function mapSpread({ inputs, attrs }: Call, regions: ReadonlyMap<object, Region>, output: number, expected: ArrayLike<number>): Spread {
    const { program, params } = attrs as PrimitiveAttrs["map"];
    const reads = inputs.map((view) => { const { low, words, dtype } = regions.get(view.buffer)!, values = decodeHost(dtype, words), places = placesOf(view, low); return (element: number) => values[places[element]!]!; });
    return (place, element) => {
      const args = reads.map((read) => read(element));
      return apartness([expected[place]!, ...TURNS.map((turn) => movedProgram(program, args, params, element, turn)[output]!)], tolerance);
    };
  }

  function compare(call: Call, results: readonly TypedArray[]): void {
    const shadow = on("shadow", call), regions = regionsOf(shadow);
    start(reference, shadow);
    const expected = shadow.outputs.map((view) => decodeHost(view.dtype, wordsOf(view)));
    let runs: ArrayLike<number>[][] | undefined, first: ParityError | undefined;
    shadow.outputs.forEach((view, k) => {
      const [low] = extent(view), places = placesOf(view, low), spread = (): Spread => {
        if (isExact(view.dtype) && call.inputs.every(({ dtype }) => isExact(dtype))) return () => 0;
        if ("program" in call.attrs && call.kernel === "map") return mapSpread(shadow, regions, k, expected[k]!);
        const all = (runs ??= TURNS.map((turn) => movedResults(shadow, regions, turn)));
        return (place) => apartness([expected[k]![place]!, ...all.map((run) => run[k]![place]!)], tolerance);
      };
      const difference = differenceOf(view.dtype, decodeHost(view.dtype, results[k]!), expected[k]!, places, spread);
      if (difference !== undefined) first ??= errorOf(shadow, k, difference, regions);
    });
    shadow.outputs.forEach((view, k) => reference.write(view.buffer, extent(view)[0], results[k]!));
    if (first !== undefined) throw first;
  }
  function errorOf(call: Call, output: number, { element, got, expected }: Difference, regions: ReadonlyMap<object, Region>): ParityError {
    const { attrs, kernel } = call, name = "program" in attrs ? `${kernel} ${(attrs.program as { readonly name: string }).name}` : kernel;
    const shown = (view: View): string => `${view.dtype} [${view.shape.join(", ")}]${view.dense ? "" : ` with strides [${view.strides.join(", ")}]`}`;
    const head = `${name}: element ${element} of ${call.outputs.length > 1 ? `output ${output}` : "the output"} is ${got} on '${backend.name}' and ${expected} on '${reference.name}'; inputs ${call.inputs.map(shown).join(", ") || "none"}, outputs ${call.outputs.map(shown).join(", ")}`;
    return new ParityError(head, reproductionOf(call, regions, head, element, (view, at) => placesOf(view, regions.get(view.buffer)!.low)[at]!));
  }

  const both = (kernel: string): AnyKernel => (inputs, outputs, attrs) => {
    const call: Call = { kernel, inputs, outputs, attrs };
    start(backend, on("main", call));
    const ends = outputs.map((view) => [(view.buffer as Pair).main, extent(view)] as const);
    if (!isLate) return compare(call, ends.map(([buffer, [low, high]]) => backend.readSync!(buffer, low, high - low + 1)));
    const reads = Promise.all(ends.map(([buffer, [low, high]]) => backend.read(buffer, low, high - low + 1)));
    const before = pending;
    pending = Promise.all([reads, before]).then(([results]) => { if (!isOver) compare(call, results); }).catch(fail);
  };
  const kernels = Object.fromEntries(Object.keys(backend.kernels).filter((name) => name in reference.kernels).map((name) => [name, both(name)])) as Partial<Kernels> as Kernels & Partial<FusedKernels>;

  return {
    name: backend.name,
    dtypes: new Set([...backend.dtypes].filter((dtype) => reference.dtypes.has(dtype))),
    limits: {
      maxBindings: Math.min(backend.limits.maxBindings, reference.limits.maxBindings), maxRank: Math.min(backend.limits.maxRank, reference.limits.maxRank), maxBytes: Math.min(backend.limits.maxBytes, reference.limits.maxBytes),
    },
    ...(backend.collected === true && reference.collected === true ? { collected: true } : {}),
    kernels,
    allocate(dtype, length): Pair {
      const main = backend.allocate(dtype, length);
      try {
        return { main, shadow: reference.allocate(dtype, length) };
      } catch (error) {
        backend.free(main);
        throw error;
      }
    },
    free(buffer) {
      backend.free((buffer as Pair).main);
      onReference(() => reference.free((buffer as Pair).shadow));
    },
    write(buffer, from, values) {
      backend.write((buffer as Pair).main, from, values);
      const kept = isLate ? values.slice() : values;
      onReference(() => reference.write((buffer as Pair).shadow, from, kept));
    },
    async read(buffer, from, count) {
      const values = backend.read((buffer as Pair).main, from, count);
      values.catch(() => undefined); // what was found before comes first
      await pending;
      report();
      return values;
    },
    ...(isLate ? {} : { readSync: (buffer: Buffer, from: number, count: number) => backend.readSync!((buffer as Pair).main, from, count) }),
    async sync() {
      const done = backend.sync();
      done.catch(() => undefined);
      await pending;
      report();
      await done;
    },
    dispose() {
      backend.dispose();
      reference.dispose();
    },
  };
}
