/** @file PyTorch's names in state dicts of optimizers and schedulers, and ours: snake_case and camelCase. State dicts of modules have the same names in both. */
import { ArgumentError, isTensor, item, type Tensor } from "@adjoint/core/functional";
import { isCount } from "../elements.ts";

/** Numbers here that PyTorch keeps as tensors of no dims. */
const scalars: ReadonlySet<string> = /*@__PURE__*/ new Set(["step", "mu_product", "mu", "eta", "H_diag", "t", "ro", "prev_loss", "lr", "initial_lr"]);
/** What begins with a letter that stands for itself. */
const odd: readonly (readonly [torch: string, ours: string])[] = [["H_diag", "hDiag"], ["T_max", "TMax"], ["T_0", "T0"], ["T_mult", "TMult"], ["T_i", "Ti"], ["T_cur", "TCur"]];

const camel = (name: string): string => odd.find(([torch]) => torch === name)?.[1] ?? name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => odd.find(([, ours]) => ours === name)?.[0] ?? name.replace(/(?<=[a-z0-9])([A-Z])/g, (letter) => `_${letter.toLowerCase()}`);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !isTensor(value);
const number = async (x: Tensor): Promise<number> => Number(await item(x));

const MAX_MILESTONES = 100_000;
/** MultiStepLR has its milestones in a Counter there, in an array here. */
function repeated(counts: ReadonlyMap<unknown, unknown>): unknown[] {
  let total = 0;
  for (const count of counts.values()) {
    if (!isCount(count) || (total += count) > MAX_MILESTONES) throw new ArgumentError(`stateFromTorch: expected milestones with how often each is there, ${MAX_MILESTONES} at most in all`);
  }
  return [...(counts as ReadonlyMap<unknown, number>)].flatMap(([epoch, count]) => new Array<unknown>(count).fill(epoch));
}
const counted = (milestones: readonly number[]): Map<number, number> => new Map([...Map.groupBy(milestones, (epoch) => epoch)].map(([epoch, all]) => [epoch, all.length]));

/** What was made of containers, by the name that they had: a file may have one in many places, each of them in many of the next. */
type Known = Map<string, Map<object, Promise<unknown>>>;
async function fromTorch(value: unknown, name: string, known: Known): Promise<unknown> {
  if (isTensor(value)) return scalars.has(name) && value.ndim === 0 ? number(value) : value;
  if (!isRecord(value)) return value;
  const named = known.get(name) ?? new Map<object, Promise<unknown>>(), made = named.get(value) ?? containerFromTorch(value, name, known);
  named.set(value, made);
  known.set(name, named);
  return made;
}
async function containerFromTorch(value: Readonly<Record<string, unknown>>, name: string, known: Known): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => fromTorch(item, name, known)));
  if (name === "milestones" && value instanceof Map) return repeated(value);
  const pairs: [string, unknown][] = value instanceof Map ? [...(value as Map<string | number, unknown>)].map(([key, item]) => [String(key), item]) : Object.entries(value);
  return Object.fromEntries(await Promise.all(pairs.map(async ([key, item]) => [camel(key), await fromTorch(item, key, known)] as const)));
}

/**
 * A state dict of an optimizer or a scheduler of PyTorch's under the names that `loadStateDict` here expects: `exp_avg` is `expAvg`. Steps, which PyTorch keeps as tensors, are numbers.
 * @param state what `torch.save(optimizer.state_dict(), path)` wrote, read by `load`
 * @returns a promise of what `optimizer.loadStateDict` takes
 * @throws ArgumentError for milestones that are no counts
 * @example (await stateFromTorch({ param_groups: [{ weight_decay: 0 }] })) // { paramGroups: [{ weightDecay: 0 }] }
 */
export async function stateFromTorch<T = Record<string, unknown>>(state: unknown): Promise<T> {
  return await fromTorch(state, "", new Map()) as T;
}

function toTorch(value: unknown, name: string): unknown {
  if (!isRecord(value) || value instanceof Map) return value;
  if (Array.isArray(value)) return name === "milestones" ? counted(value as number[]) : value.map((item) => toTorch(item, name));
  const pairs = Object.entries(value).map(([key, item]) => [snake(key), toTorch(item, key)] as const);
  // Parameters are known by number.
  return name === "state" ? new Map(pairs.map(([key, item]) => [Number(key), item])) : Object.fromEntries(pairs);
}

/**
 * A state dict of an optimizer or a scheduler under PyTorch's names: what `save` writes for `optimizer.load_state_dict(torch.load(path))` in Python.
 * @param state what `optimizer.stateDict()` gave
 * @returns the same values, with names in snake_case, and parameters by number
 * @example stateToTorch({ paramGroups: [{ weightDecay: 0 }] }) // { param_groups: [{ weight_decay: 0 }] }
 */
export const stateToTorch = (state: object): unknown => toTorch(state, "");
