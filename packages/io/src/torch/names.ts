/** @file PyTorch's names in state dicts of optimizers and schedulers, and ours: snake_case and camelCase. State dicts of modules have the same names in both. */
import { data, isTensor, type Tensor } from "@adjoint/core/functional";

/** Numbers here that PyTorch keeps as tensors of no dims. */
const scalars: ReadonlySet<string> = /*@__PURE__*/ new Set(["step", "mu_product", "mu", "eta", "H_diag", "t", "ro", "prev_loss", "lr", "initial_lr"]);
/** What begins with a letter that stands for itself. */
const odd: readonly (readonly [torch: string, ours: string])[] = [["H_diag", "hDiag"], ["T_max", "TMax"], ["T_0", "T0"], ["T_mult", "TMult"], ["T_i", "Ti"], ["T_cur", "TCur"]];

const camel = (name: string): string => odd.find(([torch]) => torch === name)?.[1] ?? name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => odd.find(([, ours]) => ours === name)?.[0] ?? name.replace(/(?<=[a-z0-9])([A-Z])/g, (letter) => `_${letter.toLowerCase()}`);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !isTensor(value);
const number = async (x: Tensor): Promise<number> => {
  const [value] = Float64Array.from(await data(x));
  return value!;
};

/** MultiStepLR has its milestones in a Counter there, in an array here. */
const repeated = (counts: ReadonlyMap<number, number>): number[] => [...counts].flatMap(([epoch, count]) => (count > 0 && count <= 1000 ? new Array<number>(count).fill(epoch) : []));
const counted = (milestones: readonly number[]): Map<number, number> => new Map([...Map.groupBy(milestones, (epoch) => epoch)].map(([epoch, all]) => [epoch, all.length]));

async function fromTorch(value: unknown, name: string): Promise<unknown> {
  if (isTensor(value)) return scalars.has(name) && value.ndim === 0 ? number(value) : value;
  if (!isRecord(value)) return value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => fromTorch(item, name)));
  if (name === "milestones" && value instanceof Map) return repeated(value as Map<number, number>);
  const pairs: [string, unknown][] = value instanceof Map ? [...(value as Map<string | number, unknown>)].map(([key, item]) => [String(key), item]) : Object.entries(value);
  return Object.fromEntries(await Promise.all(pairs.map(async ([key, item]) => [camel(key), await fromTorch(item, key)] as const)));
}

/**
 * A state dict of an optimizer or a scheduler of PyTorch's under the names that `loadStateDict` here expects: `exp_avg` is `expAvg`. Steps, which PyTorch keeps as tensors, are numbers.
 * @param state what `torch.save(optimizer.state_dict(), path)` wrote, read by `load`
 * @returns a promise of what `optimizer.loadStateDict` takes
 * @example (await stateFromTorch({ param_groups: [{ weight_decay: 0 }] })) // { paramGroups: [{ weightDecay: 0 }] }
 */
export async function stateFromTorch<T = Record<string, unknown>>(state: unknown): Promise<T> {
  return await fromTorch(state, "") as T;
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
