/** @file Loading values into named tensors, with PyTorch's report of what does not fit. */
import { AdjointError, copy_, isTensor, noGrad, python, type Tensor } from "@adjoint/core/functional";

export type StateDict = Readonly<Record<string, Tensor>>;
export type LoadOptions = { readonly strict?: boolean };
export type LoadReport = { readonly missingKeys: readonly string[]; readonly unexpectedKeys: readonly string[] };

/** Names or shapes of a state dict do not fit the module. Nothing was changed. */
export class StateDictError extends AdjointError {
  override readonly name: string = "StateDictError";
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/** In the order in which the modules would meet them: by the innermost module there is for a name. */
function byModule(names: readonly string[], modules: readonly string[]): string[] {
  const place = (name: string): number => {
    for (let prefix = name; prefix.includes(".");) {
      prefix = prefix.slice(0, prefix.lastIndexOf("."));
      const at = modules.indexOf(prefix);
      if (at >= 0) return at;
    }
    return 0;
  };
  return names.map((name) => ({ name, at: place(name) })).sort((a, b) => a.at - b.at).map(({ name }) => name);
}

/** Copies `state` into the named tensors, all or nothing. `modules` are the names of all modules, the root first. */
export function loadInto(module: string, modules: readonly string[], targets: readonly (readonly [string, Tensor])[], state: StateDict, options: LoadOptions): LoadReport {
  const wanted = new Map(targets), strict = options.strict ?? true;
  const missingKeys = [...wanted.keys()].filter((name) => !Object.hasOwn(state, name));
  const unexpectedKeys = byModule(Object.keys(state).filter((name) => !wanted.has(name)), modules);
  const pairs = [...wanted].flatMap(([name, x]): [string, Tensor, Tensor][] => (Object.hasOwn(state, name) ? [[name, x, state[name]!]] : []));
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  if (strict && unexpectedKeys.length > 0) problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  for (const [name, x, source] of pairs) {
    if (!isTensor(source))
      problems.push(`While copying the parameter named "${name}", expected torch.Tensor or Tensor-like object from checkpoint but received <class '${python.typeName(source)}'>`);
    else if (source.shape.join() !== x.shape.join())
      problems.push(`size mismatch for ${name}: copying a param with shape ${python.size(source.shape)} from checkpoint, the shape in current model is ${python.size(x.shape)}.`);
    else if (source.device !== x.device)
      problems.push(`${name} is on device '${source.device.name}', the model on '${x.device.name}': move one of them with await to(device).`);
  }
  if (problems.length > 0) throw new StateDictError(`Error(s) in loading state_dict for ${module}:\n\t${problems.join("\n\t")}`);
  noGrad(() => { for (const [, x, source] of pairs) if (source !== x) copy_(x, source); });
  return report(missingKeys, unexpectedKeys);
}

/** Prints as PyTorch's. */
function report(missingKeys: readonly string[], unexpectedKeys: readonly string[]): LoadReport {
  const names = (keys: readonly string[]): string => `[${keys.map((key) => `'${key}'`).join(", ")}]`;
  const text = missingKeys.length + unexpectedKeys.length === 0 ? "<All keys matched successfully>" : `_IncompatibleKeys(missing_keys=${names(missingKeys)}, unexpected_keys=${names(unexpectedKeys)})`;
  return Object.defineProperty({ missingKeys, unexpectedKeys }, "toString", { value: () => text });
}
