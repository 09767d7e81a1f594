/** @file Parameters in a list, and by name. */
import { isTensor, python, type Tensor } from "@adjoint/core/functional";
import { ModuleError } from "../errors.ts";
import { Module } from "../module.ts";
import { isParameter, parameter } from "../parameter.ts";
import { position } from "./items.ts";

/** The tensors among the own properties of a container. */
const tensorsOf = (container: Module): [name: string, x: Tensor][] => Object.entries(container).filter((entry): entry is [string, Tensor] => isTensor(entry[1]));
const asParameter = (x: Tensor): Tensor => (isParameter(x) ? x : parameter(x));
const lines = (container: Module, typeOf: (x: Tensor) => string): string =>
  tensorsOf(container).map(([name, x]) => `  (${name}): Parameter containing: [${typeOf(x)} of size ${x.shape.join("x")}]`).join("\n");

/**
 * Parameters by number, PyTorch's `nn.ParameterList`. Tensors that are none become parameters.
 * @example `new ParameterList([randn([2]), randn([3])]).at(0)`
 */
export class ParameterList extends Module implements Iterable<Tensor> {
  static override readonly name: string = "ParameterList";
  constructor(values: Iterable<Tensor> = []) {
    super();
    this.extend(values);
  }
  get length(): number {
    return tensorsOf(this).length;
  }
  /** The parameter at a position; negative ones count from the end. */
  at(index: number): Tensor {
    const items = tensorsOf(this);
    return items[position(index, items.length)]![1];
  }
  set(index: number, x: Tensor): void {
    Reflect.set(this, String(position(index, this.length)), asParameter(x));
  }
  append(x: Tensor): this {
    return this.extend([x]);
  }
  extend(values: Iterable<Tensor>): this {
    let next = this.length;
    for (const x of values) Reflect.set(this, String(next++), asParameter(x));
    return this;
  }
  [Symbol.iterator](): Iterator<Tensor> {
    return tensorsOf(this).map(([, x]) => x)[Symbol.iterator]();
  }
  protected override extraRepr(): string {
    return lines(this, (x) => `torch.${x.dtype}`);
  }
}

/**
 * Parameters by name, PyTorch's `nn.ParameterDict`. Tensors that are none become parameters.
 * @example `new ParameterDict({ left: randn([2]), right: randn([3]) }).get("left")`
 */
export class ParameterDict extends Module implements Iterable<string> {
  static override readonly name: string = "ParameterDict";
  constructor(values: Readonly<Record<string, Tensor>> | Iterable<readonly [name: string, x: Tensor]> = {}) {
    super();
    this.update(values);
  }
  get length(): number {
    return tensorsOf(this).length;
  }
  has(name: string): boolean {
    return tensorsOf(this).some(([key]) => key === name);
  }
  get(name: string): Tensor {
    const item = tensorsOf(this).find(([key]) => key === name);
    if (item === undefined) throw new ModuleError(`'${name}'`);
    return item[1];
  }
  set(name: string, x: Tensor): void {
    this.registerParameter(name, asParameter(x));
  }
  update(values: Readonly<Record<string, Tensor>> | Iterable<readonly [name: string, x: Tensor]>): void {
    for (const [name, x] of Symbol.iterator in values ? (values as Iterable<readonly [string, Tensor]>) : Object.entries(values)) this.set(name, x);
  }
  /** Takes a parameter out and gives it. */
  pop(name: string): Tensor {
    const x = this.get(name);
    Reflect.deleteProperty(this, name);
    return x;
  }
  keys(): string[] {
    return tensorsOf(this).map(([name]) => name);
  }
  values(): Tensor[] {
    return tensorsOf(this).map(([, x]) => x);
  }
  items(): [name: string, x: Tensor][] {
    return tensorsOf(this);
  }
  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
  protected override extraRepr(): string {
    return lines(this, python.typeName);
  }
}
