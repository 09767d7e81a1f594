/** @file Loading values into named tensors, with PyTorch's report of what does not fit. */
import { AdjointError, copy_, noGrad, type Shape, type Tensor } from "@adjoint/core/functional";

export type StateDict = Readonly<Record<string, Tensor>>;
export type LoadOptions = { readonly strict?: boolean };
export type LoadReport = { readonly missingKeys: readonly string[]; readonly unexpectedKeys: readonly string[] };

/** Names or shapes of a state dict do not fit the module. Nothing was changed. */
export class StateDictError extends AdjointError {
  override readonly name: string = "StateDictError";
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
const size = (shape: Shape): string => `torch.Size([${shape.join(", ")}])`;

/** Copies `state` into the named tensors, all or nothing. */
export function loadInto(module: string, targets: readonly (readonly [string, Tensor])[], state: StateDict, options: LoadOptions): LoadReport {
  const wanted = new Map(targets), strict = options.strict ?? true;
  const missingKeys = [...wanted.keys()].filter((name) => !Object.hasOwn(state, name));
  const unexpectedKeys = Object.keys(state).filter((name) => !wanted.has(name));
  const pairs = [...wanted].flatMap(([name, x]): [string, Tensor, Tensor][] => (Object.hasOwn(state, name) ? [[name, x, state[name]!]] : []));
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  if (strict && unexpectedKeys.length > 0) problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  for (const [name, x, source] of pairs) {
    if (source.shape.join() !== x.shape.join())
      problems.push(`size mismatch for ${name}: copying a param with shape ${size(source.shape)} from checkpoint, the shape in current model is ${size(x.shape)}.`);
    else if (source.device !== x.device)
      problems.push(`${name} is on device '${source.device.name}', the model on '${x.device.name}': move one of them with await to(device).`);
  }
  if (problems.length > 0) throw new StateDictError(`Error(s) in loading state_dict for ${module}:\n\t${problems.join("\n\t")}`);
  noGrad(() => { for (const [, x, source] of pairs) if (source !== x) copy_(x, source); });
  return { missingKeys, unexpectedKeys };
}
