/**
 * @file The methods of Tensor as a file of declarations: signatures without the first parameter, comments as a user of the method reads them.
 * An editor shows the comment of a member that is written out, and not that of a mapped type.
 */
import { fileURLToPath } from "node:url";
import ts from "typescript-api";
import { options, parametersIn } from "./read.ts";

const sources = new URL("../../core/src/", import.meta.url);
const at = (path: string): string => fileURLToPath(new URL(path, sources));
const head = `/**
 * @file What the methods of Tensor that are functions take, give and say. Made from the functions; methods.ts says which.
 * When it is behind: \`npm test -- --project node packages/conformance/test/methods.test.ts -u\`.
 */
import type * as f from "../functional.ts";
import type { Tensor } from "../tensor.ts";

export interface FunctionMethods {
`;

/** The text of a comment, line by line, without its frame. */
const linesOf = (comment: string): string[] =>
  comment.replace(/^\/\*\*\s?|\s*\*\/$/g, "").split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd()).filter((line, i, all) => line !== "" || (i > 0 && i < all.length - 1));
const framed = (lines: readonly string[]): string => (lines.length === 1 ? `  /** ${lines[0]} */\n` : `  /**\n${lines.map((line) => `   *${line === "" ? "" : ` ${line}`}\n`).join("")}   */\n`);

/** Calls of a function, by any of its names, in a line of code as calls of the method. */
function asMethodCalls(code: string, fns: readonly string[], method: string): string {
  let text = code;
  const visit = (node: ts.Node): void => {
    const [x, ...rest] = ts.isCallExpression(node) && fns.includes(calledIn(node)) ? node.arguments : [];
    if (x === undefined || !isReceiver(x)) return void (text === code && ts.forEachChild(node, visit));
    // What is inside is for the next turn: places of this tree do not hold in the new text.
    text = asMethodCalls(`${code.slice(0, node.getStart())}${x.getText()}.${method}(${rest.map((one) => one.getText()).join(", ")})${code.slice(node.end)}`, fns, method);
  };
  visit(ts.createSourceFile("example.ts", code, ts.ScriptTarget.ESNext, true));
  return text;
}
/** The name of what is called; of `linalg.norm(...)`, norm. */
const calledIn = ({ expression }: ts.CallExpression): string =>
  ts.isIdentifier(expression) ? expression.text : ts.isPropertyAccessExpression(expression) && expression.expression.getText() === "linalg" ? expression.name.text : "";
const isReceiver = (node: ts.Node): boolean => ts.isCallExpression(node) || ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);

/** Whose comment it is, and what its reader has: the first parameter is the tensor before the dot, others than `parameters` are of other overloads. */
type Reader = { readonly fns: readonly string[]; readonly method: string; readonly self: string; readonly parameters: readonly string[]; readonly isMethod: (name: string) => boolean };

function commentOf(declaration: ts.Node, { fns, method, self, parameters, isMethod }: Reader): string {
  const comment = ts.getJSDocCommentsAndTags(declaration).findLast((node) => ts.isJSDoc(node));
  if (comment === undefined) return "";
  let isExample = false, isOther = false;
  return framed(linesOf(comment.getText()).flatMap((line) => {
    const [, tag, parameter] = /^@(\w+)(?: (\w+))?/.exec(line) ?? [];
    if (tag !== undefined) {
      isExample = tag === "example";
      isOther = tag === "param" && parameter !== self && !parameters.includes(parameter ?? "");
    }
    if (isOther) return [];
    if (isExample) return [asExample(line, fns, method)];
    const linked = line.replace(/\{@link (\w+)\}/g, (whole, name: string) => (isMethod(name) ? `{@link FunctionMethods.${name} | ${name}}` : whole));
    return [tag === "param" && parameter === self ? linked.replace(`@param ${self} `, `@param ${self} this tensor: `) : linked];
  }));
}
function asExample(line: string, fns: readonly string[], method: string): string {
  const [, before = "", rest = ""] = /^(@example ?)?([^]*)$/.exec(line) ?? [], end = rest.lastIndexOf("//");
  return end < 0 ? before + asMethodCalls(rest, fns, method) : before + asMethodCalls(rest.slice(0, end), fns, method) + rest.slice(end);
}

const printer = ts.createPrinter({ removeComments: true });
const { factory } = ts;

/** A signature of a method, and its function's declaration and first parameter. */
type Method = { readonly text: string; readonly declaration: ts.Node | undefined; readonly self: string; readonly parameters: readonly string[] };
/** What a tensor is called for by a method: the function's signatures that take one first, each without it. */
function signaturesOf(name: string, type: ts.Type, checker: ts.TypeChecker, tensor: ts.Type, file: ts.SourceFile): Method[] {
  const texts = type.getCallSignatures().flatMap((signature) => {
    const [[self, selfType] = []] = parametersIn(signature, checker);
    if (self === undefined || selfType === undefined || !checker.isTypeAssignableTo(tensor, selfType)) return [];
    const node = checker.signatureToSignatureDeclaration(signature, ts.SyntaxKind.MethodSignature, file, ts.NodeBuilderFlags.NoTruncation) as ts.MethodSignature;
    const parameters = node.parameters.slice(1).map((one) => {
      const { dotDotDotToken, questionToken } = one, shownName = ts.isIdentifier(one.name) ? one.name : factory.createIdentifier("options");
      return factory.updateParameterDeclaration(one, undefined, dotDotDotToken, shownName, questionToken, questionToken === undefined ? one.type : withoutUndefined(one.type), undefined);
    });
    // A real tensor beside a complex one is for the functions: there a union of both would have to be the first parameter.
    if (parameters.some(({ type: taken }) => taken !== undefined && printer.printNode(ts.EmitHint.Unspecified, taken, file).includes("ComplexTensor"))) return [];
    const method = factory.updateMethodSignature(node, undefined, factory.createIdentifier(name), undefined, node.typeParameters, factory.createNodeArray(parameters), node.type);
    const text = printer.printNode(ts.EmitHint.Unspecified, method, file).replace(/\s+/g, " ").replace(/\bf\.Tensor\b/g, "Tensor");
    return [{ text, declaration: signature.getDeclaration(), self, parameters: parameters.map((one) => (one.name as ts.Identifier).text) }];
  });
  return texts.filter((one, i) => texts.findIndex(({ text }) => text === one.text) === i);
}
/** An optional parameter may be undefined without saying so. */
const withoutUndefined = (type: ts.TypeNode | undefined): ts.TypeNode | undefined =>
  type !== undefined && ts.isUnionTypeNode(type) ? factory.createUnionTypeNode(type.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword)) : type;

/** The file, from the tables of methods.ts. */
export function declarationsOfMethods(): string {
  const path = at("api/tensor-methods.table.ts"), host = ts.createCompilerHost(options), { getSourceFile } = host;
  // Only what it imports is of use: the file itself may be behind.
  host.getSourceFile = (name, version, ...rest) => (name === path ? ts.createSourceFile(name, `${head}}`, version) : getSourceFile.call(host, name, version, ...rest));
  const program = ts.createProgram([at("api/methods.ts"), path], options, host), checker = program.getTypeChecker();
  const file = program.getSourceFile(path)!, tables = program.getSourceFile(at("api/methods.ts"))!;
  const functional = checker.getSymbolAtLocation(program.getSourceFile(at("functional.ts"))!)!;
  const exports = new Map(checker.getExportsOfModule(functional).map((one) => [one.name, one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one]));
  const tensor = checker.getDeclaredTypeOfSymbol(exports.get("Tensor")!);
  const functions = functionsIn(tables);
  const named = new Set(functions.map(([method]) => method));
  return `${head}${functions.map(([method, fn]) => {
    const symbol = exports.get(fn)!, declared = symbol.valueDeclaration!;
    const signatures = signaturesOf(method, checker.getTypeOfSymbol(symbol), checker, tensor, file);
    // The comment of a constant is its own, and of a function that of the overload, else of the first.
    return signatures.map(({ text, declaration, self, parameters }) => {
      const reader = { fns: [fn, symbol.name], method, self, parameters, isMethod: (name: string) => named.has(name) };
      return `${(ts.isVariableDeclaration(declared) ? "" : commentOf(declaration ?? declared, reader)) || commentOf(declared, reader)}  ${text}\n`;
    }).join("");
  }).join("")}}\n`;
}

/** Pairs of a method's name and its function's, from `methodNames` and `renamed`. */
function functionsIn(file: ts.SourceFile): (readonly [method: string, fn: string])[] {
  const found: (readonly [string, string])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText(file) === "methodNames") strings(node);
    else if (ts.isVariableDeclaration(node) && node.name.getText(file) === "renamed")
      for (const property of (node.initializer as ts.ObjectLiteralExpression).properties)
        if (ts.isPropertyAssignment(property)) found.push([property.name.getText(file), (property.initializer as ts.PropertyAccessExpression).name.text]);
    ts.forEachChild(node, visit);
  };
  const strings = (node: ts.Node): void => (ts.isStringLiteral(node) ? void found.push([node.text, node.text]) : ts.forEachChild(node, strings));
  visit(file);
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}
