/** @file The smallest backend that passes: typed arrays and plain loops over index lists. Read it before writing your own; it is not fast. */
import {
  type Backend, complain, DeviceError, type DType, dtypes, DTypeError, evaluate, OutOfMemoryError, type Places, type Program, roundTo, type ScanOp, type TypedArray, type View,
} from "@adjoint/core/backend";
import { decode, encode, positionsOf } from "./host.ts";

type Memory = { values: TypedArray };
type Seen = View<Memory>;

const list = ({ shape, strides, offset }: Seen): number[] => positionsOf(shape, strides, offset);
/** Elements as the host layout has them, for what moves them; as numbers, for what computes. */
const words = (view: Seen): number[] => list(view).map((at) => view.buffer.values[at]!);
const load = (view: Seen): number[] => decode(view.dtype, words(view));
const storeWords = (view: Seen, results: ArrayLike<number>): void => list(view).forEach((at, k) => (view.buffer.values[at] = results[k]!));
const store = (view: Seen, results: readonly number[]): void => storeWords(view, encode(view.dtype, results));

/** `results[k][e]`: the program's k-th result at element e. */
function mapped(program: Program, inputs: readonly Seen[], size: number, params: readonly number[]): number[][] {
  const columns = inputs.map(load), rounded = params.map((x, i) => roundTo(program.params[i]!, x));
  const rows = Array.from({ length: size }, (_, e) => evaluate(program, columns.map((column) => column[e]!), rounded, e));
  return program.results.map((_, k) => rows.map((row) => row[k]!));
}

/** Halves first, as pairwise summation does: errors grow with the logarithm of the length. */
const fold = (values: readonly number[], f: (x: number, y: number) => number): number =>
  values.length === 1 ? values[0]! : f(fold(values.slice(0, values.length >> 1), f), fold(values.slice(values.length >> 1), f));

const folds = {
  sum: (x: number, y: number) => x + y,
  prod: (x: number, y: number) => x * y,
  max: (x: number, y: number) => Math.max(x, y), // Math.max gives NaN if either is
  min: (x: number, y: number) => Math.min(x, y),
} as const;

/** What the elements so far come to, from what came before; extrema are known by their number, the last of equals. `x` and `y` read the inputs. */
type Read = (k: number) => number;
const scanners: { readonly [O in ScanOp]: { readonly first: (x: Read, y: Read) => number; readonly next: (before: number, k: number, x: Read, y: Read, dtype: DType) => number } } = {
  sum: { first: (x) => x(0), next: (before, k, x) => before + x(k) },
  prod: { first: (x) => x(0), next: (before, k, x, _, dtype) => (dtype === "int32" ? Math.imul(before, x(k)) : before * x(k)) },
  max: { first: () => 0, next: (before, k, x) => (x(k) !== x(k) || x(k) >= x(before) ? k : before) },
  min: { first: () => 0, next: (before, k, x) => (x(k) !== x(k) || x(k) <= x(before) ? k : before) },
  recurrence: { first: (_, y) => y(0), next: (before, k, x, y) => x(k) * before + y(k) },
};

/** Cuts the flat list of `[...kept, ...reduced]` into one list for each kept element. */
function groups(values: readonly number[], count: number): number[][] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, g) => values.slice(g * length, (g + 1) * length));
}

/** For each element of `index`: the place in `target` that it names along `dim`. Everything is checked before anything is written. */
function addressed(index: Seen, target: Seen, places: Places): number[] {
  const { dim } = places;
  const chosen = load(index);
  return positionsOf(index.shape, target.strides.map((stride, d) => (d === dim ? 0 : stride)), target.offset).map((at, k) => {
    const i = chosen[k]!, size = target.shape[dim]!;
    if (i < 0 || i >= size) throw complain(places, i, size);
    return at + i * target.strides[dim]!;
  });
}

/** Every index of a shape, in row-major order; and the row-major number of one. */
const coordinates = (shape: readonly number[]): number[][] => shape.reduce<number[][]>((all, size) => all.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])), [[]]);
const rowMajor = (shape: readonly number[]) => (index: readonly number[]): number => index.reduce((at, i, d) => at * shape[d]! + i, 0);

const newTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A backend in one page, for every dtype. */
export function referenceBackend(): Backend<Memory> {
  let disposed = false;
  const supported: ReadonlySet<DType> = new Set<DType>(Object.keys(dtypes) as DType[]);
  const limits = { maxBindings: 16, maxRank: 8, maxBytes: 2 ** 28 };
  const alive = (): void => {
    if (disposed) throw new DeviceError("reference: this device was disposed");
  };
  return {
    name: "reference", dtypes: supported, limits,
    kernels: {
      map([...inputs], outputs, { program, params }) {
        alive();
        const results = mapped(program, inputs, outputs[0]!.size, params);
        outputs.forEach((output, k) => store(output, results[k]!));
      },
      reduce([...inputs], [output], { program, params, op }) {
        alive();
        const { dtype } = program.results[0]!, product = op === "prod" && dtype === "int32" ? Math.imul : folds[op];
        const [values] = mapped(program, inputs, inputs[0]!.size, params);
        store(output!, groups(values!, output!.size).map((group) => fold(group, (x, y) => roundTo(dtype, product(x, y)))));
      },
      argReduce([input], [output], { op }) {
        alive();
        const wins = (x: number, best: number): boolean => best === best && (x !== x || (op === "max" ? x > best : x < best));
        const first = (group: readonly number[]): number => group.reduce((at, x, i) => (wins(x, group[at]!) ? i : at), 0);
        store(output!, groups(load(input!), output!.size).map(first));
      },
      scan(inputs, [output], { op, reverse }) {
        alive();
        const { dtype, shape } = inputs[0]!, columns = inputs.map(load), { first, next } = scanners[op], n = shape[shape.length - 1]!;
        const results = new Array<number>(output!.size), isPlace = op === "max" || op === "min";
        for (let row = 0; row < output!.size; row += n) {
          const at: Read = (k) => (reverse ? n - 1 - k : k), x: Read = (k) => columns[0]![row + at(k)]!, y: Read = (k) => columns[1]![row + at(k)]!;
          for (let k = 0, state = first(x, y); k < n; k++) {
            if (k > 0) state = roundTo(output!.dtype, next(state, k, x, y, dtype));
            results[row + at(k)] = isPlace ? at(state) : state;
          }
        }
        store(output!, results);
      },
      sort([input], [output], { descending, from }) {
        alive();
        const last = output!.shape.length - 1, n = input!.shape[last]!, count = output!.shape[last]!, sign = descending ? -1 : 1;
        // JavaScript's sort is stable; NaN comes after all numbers.
        const order = (x: number, y: number): number => (x !== x || y !== y ? Number(x !== x) - Number(y !== y) : x < y ? -1 : x > y ? 1 : 0);
        store(output!, groups(load(input!), input!.size / n).flatMap((row) => [...row.keys()].sort((i, j) => sign * order(row[i]!, row[j]!)).slice(from, from + count)));
      },
      matmul([a, b], [output]) {
        alive();
        const [outer, batch, m, n] = output!.shape as [number, number, number, number], k = a!.shape[3]!, x = load(a!), y = load(b!);
        const { dtype } = output!, times = dtype === "int32" ? Math.imul : folds.prod, results: number[] = [];
        for (let i = 0; i < outer * batch * m; i++) for (let j = 0; j < n; j++) {
          const base = Math.floor(i / m) * k * n + j;
          results.push(fold(Array.from({ length: k }, (_, l) => roundTo(dtype, times(x[i * k + l]!, y[base + l * n]!))), (p, q) => roundTo(dtype, p + q)));
        }
        store(output!, results);
      },
      conv([x, filter], [output], { stride, padding, dilation, spread }) {
        alive();
        const { dtype } = output!, times = dtype === "int32" ? Math.imul : folds.prod, from = load(x!), by = load(filter!), at = rowMajor(x!.shape), k = rowMajor(filter!.shape);
        const places = coordinates(filter!.shape.slice(2)); // a channel, and a place in the window
        store(output!, coordinates(output!.shape).map(([g, n, o, ...q]) => {
          const products = places.flatMap(([c, ...w]) => {
            const met = w.map((i, d) => (q[d]! * stride[d]! - padding[d]! + i * dilation[d]!) / spread[d]!);
            const isInside = met.every((p, d) => Number.isInteger(p) && p >= 0 && p < x!.shape[d + 3]!);
            return isInside ? [roundTo(dtype, times(from[at([g!, n!, c!, ...met])]!, by[k([g!, o!, c!, ...w])]!))] : [];
          });
          return products.length === 0 ? 0 : fold(products, (a, b) => roundTo(dtype, a + b));
        }));
      },
      gather([input, index], [output], places) {
        alive();
        storeWords(output!, addressed(index!, input!, places).map((at) => input!.buffer.values[at]!));
      },
      scatter([index, source], [output], places) {
        alive();
        const values = words(source!), into = output!.buffer.values;
        addressed(index!, output!, places).forEach((at, k) => (into[at] = places.mode === "add" ? into[at]! + values[k]! : values[k]!));
      },
      copy([input], [output]) {
        alive();
        storeWords(output!, words(input!));
      },
    },
    allocate(dtype, length) {
      alive();
      if (!supported.has(dtype)) throw new DTypeError(`reference: ${dtype} is not a dtype of this device`);
      if (length * dtypes[dtype].bytes > limits.maxBytes) throw new OutOfMemoryError(`reference: ${length * dtypes[dtype].bytes} bytes are more than ${limits.maxBytes}`);
      return { values: dtypes[dtype].hostArray(length) };
    },
    free(buffer) { buffer.values = new Uint8Array(0); },
    write(buffer, from, values) {
      alive();
      buffer.values.set(values, from);
    },
    async read(buffer, from, count) {
      alive();
      const values = buffer.values.slice(from, from + count);
      await newTask();
      return values;
    },
    readSync(buffer, from, count) {
      alive();
      return buffer.values.slice(from, from + count);
    },
    async sync() {
      alive();
      await newTask();
    },
    dispose() { disposed = true; },
  };
}
