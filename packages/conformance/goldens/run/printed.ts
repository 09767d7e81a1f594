/** @file The object that a printed text is of. The text of PyTorch names its class and arguments; made anew from them, it has to print the same. */
import { isTensor, zeros } from "@adjoint/core";
import { runNow } from "../python/steps.ts";
import { Dict, Namespace } from "../python/objects.ts";
import { Float, type Keywords, Label, NamedTuple, type Native, Tuple, Unsupported, type Value } from "../python/values.ts";
import { environment } from "../torch/environment.table.ts";
import { program, python, readExpression } from "../torch/host.ts";
import { constructors } from "../torch/constructors.table.ts";
import { overloadsOf } from "../torch/signature.ts";

export function objectOf(text: string): Value {
  if (/^\w+ \(\nParameter Group 0/.test(text)) return optimizerOf(text);
  if (/^[A-Z]\w*\(/.test(text)) return moduleOf(text);
  return expressionOf(text);
}

/** A scope in which the words of printed values are known: `tensor(...)`, `torch.return_types.max(...)`. */
function expressionOf(text: string): Value {
  const scope = program(), tensor = environment["torch.tensor"] as Native;
  scope.set("tensor", ((args, kw) => tensor(args, Object.fromEntries(Object.entries(kw).filter(([name]) => name === "dtype" || name === "requires_grad")))) satisfies Native);
  scope.set("device", ((_, kw) => new Label("device", String(kw["type"]))) satisfies Native);
  const types = new Namespace("torch.return_types", (name) => ((_, kw) => NamedTuple.named(name, Object.keys(kw), Object.values(kw))) satisfies Native);
  const torch = scope.names.get("torch") as Namespace;
  scope.set("torch", new Namespace("torch", (name) => (name === "return_types" ? types : torch.member(name))));
  const parameter = /^Parameter containing:\n([\s\S]*)$/.exec(text);
  const value = runNow(python.evaluate(readExpression(parameter?.[1] ?? text), scope));
  return parameter === null ? value : newParameter(isTensor(value) ? value.detach() : value);
}

const newParameter = (x: Value): Value => runNow(python.call(runNow(python.evaluate(readExpression("nn.Parameter"), program())), [x]));

// ---- Modules ---------------------------------------------------------------------------------------------------------------

type Printed = { readonly name: string; readonly line: string; readonly children: readonly (readonly [name: string, child: Printed | string])[] };

/** `Name(extra)`, or `Name(` with lines of extra text and `(child): ...`, indented. */
function parse(lines: string[]): Printed {
  const head = lines.shift() ?? "", one = /^(\w+)\((.*)\)$/.exec(head);
  if (one !== null) return { name: one[1]!, line: one[2]!, children: [] };
  const open = /^(\w+)\((.*)$/.exec(head);
  if (open === null) throw new Unsupported(`a printed text that is not understood: ${head}`);
  const inner: string[] = [];
  while (lines.length > 0 && lines[0] !== ")") inner.push(lines.shift()!.replace(/^( {4}(?=\(\d+\): Parameter|\(\w+\): (Parameter|Object))| {2})/, ""));
  lines.shift();
  const children: [string, Printed | string][] = [];
  let line = open[2]!;
  while (inner.length > 0) {
    const child = /^\((\w+)\): (.*)$/.exec(inner[0]!);
    if (child === null) { line += inner.shift()!; continue; }
    inner[0] = child[2]!;
    children.push([child[1]!, /^(Parameter|Object)/.test(child[2]!) ? inner.shift()! : parse(inner)]);
  }
  return { name: open[1]!, line, children };
}

function moduleOf(text: string): Value {
  return build(parse(text.split("\n")));
}
function build(printed: Printed): Value {
  const cls = runNow(python.evaluate(readExpression(`nn.${publicName[printed.name] ?? printed.name}`), program()));
  const children: (readonly [string, Value])[] = [];
  for (const [name, child] of printed.children) children.push([name, typeof child === "string" ? parameterOf(child) : structural.has(printed.name) ? null : build(child)]);
  const shape = structures[printed.name];
  if (shape !== undefined && printed.children.length > 0) return runNow(python.call(cls, ...shape(printed)));
  if (children.length > 0) {
    const numbered = children.every(([name], i) => name === String(i));
    if (printed.name === "Sequential") return numbered ? runNow(python.call(cls, children.map(([, child]) => child))) : runNow(python.call(cls, [Dict.of(children)]));
    return runNow(python.call(cls, [printed.name.endsWith("Dict") ? Dict.of(children) : children.map(([, child]) => child)]));
  }
  const [args, kw] = argumentsIn(printed.line);
  return runNow(python.call(cls, ...completed(printed.name, args, kw)));
}
/** Classes that only stand within others. */
const publicName: { readonly [name: string]: string } = { NonDynamicallyQuantizableLinear: "Linear" };
const sizes = (text: string): number[] => /in_features=(\d+), out_features=(\d+)/.exec(text)!.slice(1).map(Number);
const child = (printed: Printed, name: string): Printed => {
  const found = printed.children.find(([key]) => key === name)?.[1];
  if (found === undefined || typeof found === "string") throw new Unsupported(`a printed ${printed.name} without ${name}`);
  return found;
};
const p = (printed: Printed): number => Number(/p=([\d.e-]+)/.exec(printed.line)?.[1] ?? 0);
const layerOptions = (m: Printed): Keywords => ({ dim_feedforward: sizes(child(m, "linear1").line)[1]!, dropout: new Float(p(child(m, "dropout"))) });
const stacked = (m: Printed): readonly Printed[] => child(m, "layers").children.map(([, layer]) => layer as Printed);
/** A stack of layers: the first of them, how many, and the norm at the end. */
const stack = (m: Printed): readonly [readonly Value[], Keywords] => [[build(stacked(m)[0]!), stacked(m).length], m.children.some(([name]) => name === "norm") ? { norm: build(child(m, "norm")) } : {}];
const layer = (m: Printed): readonly [readonly Value[], Keywords] => [[sizes(child(m, "linear1").line)[0]!, 1], layerOptions(m)];
/** Modules whose arguments show in their parts alone. How many heads there are does not show. */
const structures: { readonly [name: string]: (printed: Printed) => readonly [readonly Value[], Keywords] } = {
  MultiheadAttention: (m) => [[sizes(child(m, "out_proj").line)[0]!, 1], { bias: child(m, "out_proj").line.includes("bias=True") }],
  TransformerEncoderLayer: layer, TransformerDecoderLayer: layer, TransformerEncoder: stack, TransformerDecoder: stack,
  Transformer: (m) => {
    const encoder = stacked(child(m, "encoder")), decoder = stacked(child(m, "decoder"));
    return [[], { d_model: sizes(child(encoder[0]!, "linear1").line)[0]!, nhead: 1, num_encoder_layers: encoder.length, num_decoder_layers: decoder.length, ...layerOptions(encoder[0]!) }];
  },
};
const structural = new Set(Object.keys(structures));

/** `3, 8, kernel_size=(3, 3), padding=same`: words without quotes are strings. */
function argumentsIn(line: string): [Value[], { [name: string]: Value }] {
  const quoted = line.replace(/=([a-zA-Z]\w*)(?=,|$)/g, (whole, word: string) => (["True", "False", "None", "inf", "nan"].includes(word) ? whole : `='${word}'`));
  const scope = program();
  scope.set("collect", ((args, kw) => Tuple.make([[...args], Dict.of(Object.entries(kw))])) satisfies Native);
  const [args, kw] = (runNow(python.evaluate(readExpression(`collect(${quoted})`), scope))) as unknown as [Value[], Dict];
  return [args, Object.fromEntries(kw.entries()) as { [name: string]: Value }];
}
/** A lazy module prints the size that it does not know yet, first and as 0. */
function completed(name: string, args: readonly Value[], kw: Keywords): readonly [readonly Value[], Keywords] {
  const { in_features: unknown, ...known } = kw;
  const [given, named] = name.startsWith("Lazy") ? [unknown === undefined ? args.slice(1) : args, known] : [args, kw];
  const signature = constructors[`nn.${name}`], names = signature === undefined ? undefined : overloadsOf(signature)[0]!.map((q) => q.name);
  const foreign = names === undefined ? undefined : Object.keys(named).find((key) => !names.includes(key));
  if (foreign !== undefined) throw new Unsupported(`the argument ${foreign} of a printed ${name}`);
  return [given, named];
}
function parameterOf(line: string): Value {
  const size = /of size ([\dx]+)/.exec(line)?.[1];
  return newParameter(zeros(size === undefined ? [] : size.split("x").map(Number)));
}

// ---- Optimizers ------------------------------------------------------------------------------------------------------------

/** `Name (`, then the options of each group, one a line. Options that say how and not what are the constructor's own. */
function optimizerOf(text: string): Value {
  const name = /^\w+/.exec(text)![0], groups = text.split(/Parameter Group \d+\n/).slice(1), scope = program();
  const signature = constructors[`optim.${name}`];
  const known = signature === undefined ? undefined : overloadsOf(signature)[0]!.map((q) => q.name);
  const given: Value[] = [];
  for (const group of groups) {
    const dict = new Dict();
    dict.set("params", [newParameter(zeros([1]))]);
    for (const [, key, value] of group.matchAll(/^ {4}(\w+): (.*)$/gm)) if (value !== "None" && (known?.includes(key!) ?? true)) dict.set(key, runNow(python.evaluate(readExpression(value!), scope)));
    given.push(dict);
  }
  const first = given[0] as Dict, kw: Keywords = Object.fromEntries(first.entries().filter(([key]) => key !== "params").map(([key, value]) => [String(key), value]));
  const cls = runNow(python.evaluate(readExpression(`torch.optim.${name}`), scope));
  return runNow(python.call(cls, [given.length === 1 ? first.get("params") : given], kw));
}
