/** @file What may be registered in a module, and under which name: PyTorch's checks, before anything is changed. */
import { isTensor, python, type Tensor } from "@adjoint/core/functional";
import { ModuleError } from "./errors.ts";
import { isParameter } from "./parameter.ts";

type Kind = "parameter" | "buffer" | "module";

/** A name is a text without dots that no other attribute has. */
export function checkName(kind: Kind, name: unknown, isTaken: boolean): void {
  if (typeof name !== "string") throw new ModuleError(`${kind} name should be a string. Got ${python.typeName(name)}`);
  if (kind === "module" && isTaken) throw new ModuleError(`attribute '${name}' already exists`);
  if (name.includes(".")) throw new ModuleError(`${kind} name can't contain "."${kind === "module" ? `, got: ${name}` : ""}`);
  if (name === "") throw new ModuleError(`${kind} name can't be empty string ""`);
  if (isTaken) throw new ModuleError(`attribute '${name}' already exists`);
}

export function checkParameter(name: string, x: unknown): asserts x is Tensor | null {
  if (x === null || isParameter(x)) return;
  throw new ModuleError(`cannot assign '${python.typeName(x)}' object to parameter '${name}' (torch.nn.Parameter or None required)`);
}

export function checkBuffer(name: string, x: unknown): asserts x is Tensor | null {
  if (x === null || isTensor(x)) return;
  throw new ModuleError(`cannot assign '${python.typeName(x)}' object to buffer '${name}' (torch Tensor or None required)`);
}
