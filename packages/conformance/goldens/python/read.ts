/** @file Python source to the tree of ast.ts, by way of the grammar of @lezer/python. What the grammar does not take is unsupported, with the text. */
import { parser } from "@lezer/python";
import type { Argument, Block, Clause, Expr, Handler, Parameter, Statement } from "./ast.ts";
import { numberLiteral, quotes, stringLiteral, unescape } from "./literals.ts";
import { ellipsis, Unsupported } from "./values.ts";

type Node = ReturnType<typeof parser.parse>["topNode"];

class Reader {
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }
  #text = (node: Node): string => this.#source.slice(node.from, node.to);
  #children(node: Node): Node[] {
    const found: Node[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.type.isError) throw new Unsupported(`Python that does not parse near: ${this.#source.slice(Math.max(0, child.from - 20), child.to + 20)}`);
      if (child.name !== "Comment") found.push(child);
    }
    return found;
  }

  // ---- Statements ----------------------------------------------------------------------------------------------------------

  block = (node: Node): Block => this.#children(node).flatMap((child) => (child.name === ":" || child.name === ";" ? [] : child.name === "StatementGroup" ? this.block(child) : [this.#statement(child, [])]));

  #statement(node: Node, decorators: readonly Expr[]): Statement {
    const all = this.#children(node);
    switch (node.name) {
      case "ExpressionStatement": return { kind: "expression", value: this.#list(all) };
      case "AssignStatement": {
        const parts = split(all.filter((n) => n.name !== "TypeDef"), "AssignOp").map((part) => this.#list(part));
        return { kind: "assign", targets: parts.slice(0, -1), value: parts.at(-1)! };
      }
      case "UpdateStatement": {
        const at = all.findIndex((n) => n.name === "UpdateOp");
        return { kind: "augment", target: this.#list(all.slice(0, at)), operator: this.#text(all[at]!).slice(0, -1), value: this.#list(all.slice(at + 1)) };
      }
      case "ReturnStatement": return { kind: "return", value: all.length === 1 ? null : this.#list(all.slice(1)) };
      case "PassStatement": return { kind: "pass" };
      case "BreakStatement": return { kind: "break" };
      case "ContinueStatement": return { kind: "continue" };
      case "DeleteStatement": return { kind: "delete", targets: split(all.slice(1), ",").map((part) => this.#list(part)) };
      case "ScopeStatement": return { kind: "scope", global: all[0]!.name === "global", names: all.filter((n) => n.name === "VariableName").map(this.#text) };
      case "AssertStatement": { const [test, message] = split(all.slice(1), ","); return { kind: "assert", test: this.#list(test!), message: message === undefined ? null : this.#list(message) }; }
      case "RaiseStatement": { const [value] = split(all.slice(1), "from"); return { kind: "raise", value: value === undefined || value.length === 0 ? null : this.#list(value) }; }
      case "ImportStatement": return this.#import(all);
      case "IfStatement": return { kind: "if", branches: sections(all).map(({ head, body }) => ({ test: head[0]!.name === "else" ? null : this.#list(head.slice(1)), body: this.block(body) })) };
      case "WhileStatement": { const [loop, otherwise] = sections(all); return { kind: "while", test: this.#list(loop!.head.slice(1)), body: this.block(loop!.body), otherwise: otherwise === undefined ? [] : this.block(otherwise.body) }; }
      case "ForStatement": {
        const [loop, otherwise] = sections(all), [target, iterable] = split(loop!.head.slice(1), "in");
        return { kind: "for", target: this.#list(target!), iterable: this.#list(iterable!), body: this.block(loop!.body), otherwise: otherwise === undefined ? [] : this.block(otherwise.body) };
      }
      case "WithStatement": {
        const [{ head, body } = unreadable()] = sections(all);
        return { kind: "with", body: this.block(body), items: split(head.slice(1), ",").map((item) => { const [value, target] = split(item, "as"); return { value: this.#list(value!), target: target === undefined ? null : this.#list(target) }; }) };
      }
      case "TryStatement": return this.#try(all);
      case "FunctionDefinition": {
        const parameters = all.find((n) => n.name === "ParamList"), body = all.find((n) => n.name === "Body"), name = all.find((n) => n.name === "VariableName");
        if (all[0]!.name === "async") throw new Unsupported("async def");
        return { kind: "def", name: this.#text(name!), parameters: this.#parameters(parameters!), body: this.block(body!), decorators };
      }
      case "ClassDefinition": {
        const bases = all.find((n) => n.name === "ArgList"), body = all.find((n) => n.name === "Body"), name = all.find((n) => n.name === "VariableName");
        return { kind: "class", name: this.#text(name!), bases: bases === undefined ? [] : this.#arguments(bases), body: this.block(body!), decorators };
      }
      case "DecoratedStatement": {
        const marks = all.filter((n) => n.name === "Decorator").map((n) => this.#postfix(this.#children(n).slice(1)));
        return this.#statement(all.at(-1)!, marks);
      }
      default: throw new Unsupported(`Python's ${node.name}`);
    }
  }

  /** `a.b.c(x)` as a decorator has it: names, dots and argument lists in one row. */
  #postfix(nodes: readonly Node[]): Expr {
    let value: Expr | undefined;
    for (const node of nodes) {
      if (node.name === ".") continue;
      if (value === undefined) value = this.#expression(node);
      else if (node.name === "ArgList") value = { kind: "call", fn: value, args: this.#arguments(node) };
      else value = { kind: "attribute", object: value, name: this.#text(node) };
    }
    return value ?? unreadable();
  }

  #import(all: readonly Node[]): Statement {
    const renamed = (nodes: readonly Node[]): { path: string; as: string | null } => {
      const [path, as] = split(nodes, "as");
      return { path: path!.map(this.#text).join(""), as: as === undefined ? null : this.#text(as[0]!) };
    };
    if (all[0]!.name === "import") return { kind: "import", modules: split(all.slice(1), ",").map(renamed) };
    const at = all.findIndex((n) => n.name === "import"), names = all.slice(at + 1).filter((n) => n.name !== "(" && n.name !== ")");
    return { kind: "from", path: all.slice(1, at).map(this.#text).join(""), names: split(names, ",").filter((part) => part.length > 0).map(renamed).map(({ path, as }) => ({ name: path, as: as ?? path })) };
  }

  #try(all: readonly Node[]): Statement {
    const handlers: Handler[] = [];
    let body: Block = [], otherwise: Block = [], always: Block = [];
    for (const { head, body: inner } of sections(all)) {
      const block = this.block(inner);
      if (head[0]!.name === "try") body = block;
      else if (head[0]!.name === "else") otherwise = block;
      else if (head[0]!.name === "finally") always = block;
      else {
        const [type, name] = split(head.slice(1), "as");
        handlers.push({ type: type === undefined || type.length === 0 ? null : this.#list(type), name: name === undefined ? null : this.#text(name[0]!), body: block });
      }
    }
    return { kind: "try", body, handlers, otherwise, always };
  }

  #parameters(node: Node): Parameter[] {
    return split(this.#children(node).filter((n) => n.name !== "(" && n.name !== ")" && n.name !== "TypeDef"), ",").filter((part) => part.length > 0 && part[0]!.name !== "/").map((part) => {
      const star = part[0]!.name === "*" || part[0]!.name === "**" ? part[0]!.name : "", rest = star === "" ? part : part.slice(1);
      return { star, name: rest.length === 0 ? "" : this.#text(rest[0]!), fallback: rest[1]?.name === "AssignOp" ? this.#list(rest.slice(2)) : null };
    });
  }

  #arguments(node: Node): Argument[] {
    const inner = this.#children(node).slice(1, -1);
    if (inner.some((n) => n.name === "for")) return [{ star: "", name: null, value: this.#comprehension("generator", inner) }];
    return split(inner, ",").filter((part) => part.length > 0).map((part) => {
      const first = part[0]!;
      if (first.name === "*" || first.name === "**") return { star: first.name, name: null, value: this.#list(part.slice(1)) };
      if (part[1]?.name === "AssignOp") return { star: "", name: this.#text(first), value: this.#list(part.slice(2)) };
      return { star: "", name: null, value: this.#list(part) };
    });
  }

  // ---- Expressions ---------------------------------------------------------------------------------------------------------

  /** One expression, or a tuple without parentheses. */
  #list(nodes: readonly Node[]): Expr {
    const parts = split(nodes, ",").filter((part) => part.length > 0).map((part) => (part[0]!.name === "*" ? { kind: "star", value: this.#expression(part[1]!) } as const : part.length === 1 ? this.#expression(part[0]!) : unreadable(part.map(this.#text).join(" "))));
    return nodes.some((n) => n.name === ",") || parts[0]?.kind === "star" ? { kind: "tuple", items: parts } : parts[0] ?? unreadable();
  }
  #items(nodes: readonly Node[]): readonly Expr[] {
    const list = this.#list(nodes);
    return list.kind === "tuple" && (nodes.some((n) => n.name === ",") || nodes[0]?.name === "*") ? list.items : [list];
  }

  #expression(node: Node): Expr {
    const all = this.#children(node);
    switch (node.name) {
      case "VariableName": return { kind: "name", name: this.#text(node) };
      case "Number": return { kind: "constant", value: numberLiteral(this.#text(node)) };
      case "String": return { kind: "constant", value: stringLiteral(this.#text(node)) };
      case "FormatString": return this.#format(node, all);
      case "ContinuedString": {
        const parts = all.map((n) => this.#expression(n)).flatMap((part) => (part.kind === "constant" ? [part.value as string] : part.kind === "format" ? part.parts : unreadable("a string")));
        return parts.every((part) => typeof part === "string") ? { kind: "constant", value: parts.join("") } : { kind: "format", parts };
      }
      case "Boolean": return { kind: "constant", value: this.#text(node) === "True" };
      case "None": return { kind: "constant", value: null };
      case "Ellipsis": return { kind: "constant", value: ellipsis };
      case "ParenthesizedExpression": return this.#expression(all[1]!);
      case "TupleExpression": return { kind: "tuple", items: all.length === 2 ? [] : this.#items(all.slice(1, -1)) };
      case "ArrayExpression": return { kind: "list", items: all.length === 2 ? [] : this.#items(all.slice(1, -1)) };
      case "SetExpression": return { kind: "set", items: this.#items(all.slice(1, -1)) };
      case "DictionaryExpression": return {
        kind: "dict", entries: split(all.slice(1, -1), ",").filter((part) => part.length > 0).map((part) => {
          if (part[0]!.name === "**") return [null, this.#list(part.slice(1))] as const;
          const [key, value] = split(part, ":");
          return [this.#list(key!), this.#list(value!)] as const;
        }),
      };
      case "ComprehensionExpression": return this.#comprehension("generator", all.slice(1, -1));
      case "ArrayComprehensionExpression": return this.#comprehension("list", all.slice(1, -1));
      case "SetComprehensionExpression": return this.#comprehension("set", all.slice(1, -1));
      case "DictionaryComprehensionExpression": return this.#comprehension("dict", all.slice(1, -1));
      case "LambdaExpression": {
        const parameters = all.find((n) => n.name === "ParamList");
        return { kind: "lambda", parameters: parameters === undefined ? [] : this.#parameters(parameters), body: this.#expression(all.at(-1)!) };
      }
      case "ConditionalExpression": return { kind: "conditional", holds: this.#expression(all[0]!), test: this.#expression(all[2]!), otherwise: this.#expression(all[4]!) };
      case "NamedExpression": return { kind: "walrus", name: this.#text(all[0]!), value: this.#expression(all[2]!) };
      case "UnaryExpression": return all[0]!.name === "not" ? { kind: "not", value: this.#expression(all[1]!) } : { kind: "unary", operator: this.#text(all[0]!), value: this.#expression(all[1]!) };
      case "BinaryExpression": return this.#binary(all);
      case "CallExpression": return { kind: "call", fn: this.#expression(all[0]!), args: this.#arguments(all[1]!) };
      case "MemberExpression": {
        const object = this.#expression(all[0]!);
        if (all[1]!.name === ".") return { kind: "attribute", object, name: this.#text(all[2]!) };
        const inner = all.slice(2, -1), parts = split(inner, ",").filter((part) => part.length > 0).map((part) => this.#subscript(part));
        return { kind: "index", object, index: inner.some((n) => n.name === ",") ? { kind: "tuple", items: parts } : parts[0]! };
      }
      default: throw new Unsupported(`Python's ${node.name}`);
    }
  }

  #subscript(part: readonly Node[]): Expr {
    if (!part.some((n) => n.name === ":")) return this.#list(part);
    const [start, stop, step] = split(part, ":").map((nodes) => (nodes.length === 0 ? null : this.#list(nodes)));
    return { kind: "slice", start: start ?? null, stop: stop ?? null, step: step ?? null };
  }

  #binary(all: readonly Node[]): Expr {
    const left = this.#expression(all[0]!), right = this.#expression(all.at(-1)!), operator = all.slice(1, -1).map((n) => this.#text(n)).join(" ");
    if (operator === "and" || operator === "or") return { kind: operator, left, right };
    if (["<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in"].includes(operator)) {
      if (left.kind === "compare" && all[0]!.name === "BinaryExpression") return { kind: "compare", first: left.first, rest: [...left.rest, [operator, right]] };
      return { kind: "compare", first: left, rest: [[operator, right]] };
    }
    return { kind: "binary", operator, left, right };
  }

  #comprehension(of: "list" | "set" | "generator" | "dict", nodes: readonly Node[]): Expr {
    const at = nodes.findIndex((n) => n.name === "for"), [element, value] = split(nodes.slice(0, at), ":");
    const clauses: Clause[] = [];
    let i = at;
    while (i < nodes.length) {
      let end = i + 1;
      while (end < nodes.length && nodes[end]!.name !== "for" && nodes[end]!.name !== "if") end++;
      const inner = nodes.slice(i + 1, end);
      if (nodes[i]!.name === "if") clauses.push({ test: this.#list(inner) });
      else { const [target, iterable] = split(inner, "in"); clauses.push({ target: this.#list(target!), iterable: this.#list(iterable!) }); }
      i = end;
    }
    return { kind: "comprehension", of, element: this.#list(element!), value: value === undefined ? null : this.#list(value), clauses };
  }

  #format(node: Node, replacements: readonly Node[]): Expr {
    const text = this.#text(node), { raw, to, from } = quotes(text);
    const plain = (a: number, b: number): string => { const part = this.#source.slice(a, b).replaceAll("{{", "{").replaceAll("}}", "}"); return raw ? part : unescape(part); };
    const parts: (string | { value: Expr; conversion: string; spec: string; source: string | null })[] = [];
    let at = node.from + from;
    for (const replacement of replacements.filter((n) => n.name === "FormatReplacement")) {
      parts.push(plain(at, replacement.from));
      const inner = this.#children(replacement), conversion = inner.find((n) => n.name === "FormatConversion"), spec = inner.find((n) => n.name === "FormatSpec");
      const value = inner.filter((n) => n.name !== "{" && n.name !== "}" && n.name !== "FormatConversion" && n.name !== "FormatSpec" && n.name !== "FormatSelfDoc");
      const documented = inner.some((n) => n.name === "FormatSelfDoc");
      parts.push({ value: this.#list(value), conversion: conversion === undefined ? "" : this.#text(conversion).slice(1), spec: spec === undefined ? "" : this.#text(spec).slice(1), source: documented ? this.#source.slice(value[0]!.from, value.at(-1)!.to) : null });
      at = replacement.to;
    }
    parts.push(plain(at, node.from + to));
    return { kind: "format", parts };
  }
}

function unreadable(what: string = ""): never {
  throw new Unsupported(`Python that is not understood ${what}`);
}
function split(nodes: readonly Node[], separator: string): Node[][] {
  const parts: Node[][] = [[]];
  for (const node of nodes) if (node.name === separator) parts.push([]); else parts.at(-1)!.push(node);
  return parts;
}
/** `if x: ... elif y: ...`: a head and a body each. */
function sections(all: readonly Node[]): { readonly head: readonly Node[]; readonly body: Node }[] {
  const found: { head: Node[]; body: Node }[] = [];
  let head: Node[] = [];
  for (const node of all)
    if (node.name === "Body") { found.push({ head, body: node }); head = []; } else head.push(node);
  return found;
}

/** The grammar wants a digit after a point: `2.` becomes `2.0`, but not within strings and comments. */
const spelled = (source: string): string => source.replace(/("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*)|(?<![\w.])(\d[\d_]*)\.(?![\d.])(?![a-df-ik-zA-DF-IK-Z_])/g,
  (_, kept: string | undefined, digits: string) => kept ?? `${digits}.0`);

/** A program. */
export function readPython(source: string): Block {
  const text = spelled(source);
  return new Reader(text).block(parser.parse(text).topNode);
}
/** One expression. */
export function readExpression(source: string): Expr {
  const block = readPython(`(${source}\n)`), [only] = block;
  if (block.length !== 1 || only?.kind !== "expression") throw new Unsupported(`no expression: ${source}`);
  return only.value;
}
