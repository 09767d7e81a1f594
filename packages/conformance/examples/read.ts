/** @file The examples in the documentation comments of what a module exports, found through the compiler: aliases and namespaces are followed. */
import { fileURLToPath } from "node:url";
import ts from "typescript-api";

/** An example, and what a reader is told that it gives: what stands after the last `//`. */
export type Example = { readonly code: string; readonly gives: string };
/** A parameter of a function, in any of its overloads. */
export type Parameter = {
  readonly name: string;
  /** What `@param` says of it; of options, whether each has a comment of its own instead. */
  readonly said: string | undefined;
  readonly optionsSpeak: boolean;
  readonly takesTensor: boolean;
  readonly takesNumber: boolean;
  readonly isOptional: boolean;
};
export type Documented = {
  /** As a user writes it: "sum", "linalg.norm". */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly returns: string;
  /** What it says after each `@throws`. */
  readonly throws: readonly string[];
  /** What it is another name of. */
  readonly standsFor: string | undefined;
  readonly givesTensors: boolean;
  readonly examples: readonly Example[];
  /** Whether it is called: a function, or a constant that is one. */
  readonly callable: boolean;
  /** Whether it is made by `new`; its parameters are those of the constructor then. */
  readonly isClass: boolean;
};

/** The lines of an example, without the fence around several. */
export function exampleOf(comment: string): Example | undefined {
  const code = comment.replace(/^\s*```ts\n|```\s*$/g, "").trim(), at = code.lastIndexOf("//");
  return at < 0 ? undefined : { code: code.slice(0, at).trim(), gives: code.slice(at + 2).trim() };
}

/** A constant that is another under a second name stands for that. */
function meant(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined || !ts.isIdentifier(declaration.initializer)) return symbol;
  const other = checker.getSymbolAtLocation(declaration.initializer);
  return other === undefined ? symbol : meant(other.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(other) : other, checker);
}

const isTensorItself = (type: ts.Type): boolean => ["Tensor", "ComplexTensor"].includes(type.symbol?.name ?? "");
/** A tensor, an array of them, or either among others. */
const isTensorType = (type: ts.Type): boolean =>
  (type.isUnion() ? type.types : [type]).some((one) => isTensorItself(one) || (one.symbol?.name === "ReadonlyArray" && ((one as ts.TypeReference).typeArguments ?? []).some(isTensorItself)));

/** A signature's parameters with their types; of `...args: [x: Tensor, dim?: number]`, the elements. */
export function parametersIn(signature: ts.Signature, checker: ts.TypeChecker): (readonly [name: string, type: ts.Type, isOptional: boolean])[] {
  return signature.getParameters().flatMap((parameter) => {
    const declaration = parameter.valueDeclaration, isOptional = declaration !== undefined && ts.isParameter(declaration) && checker.isOptionalParameter(declaration);
    const type = checker.getTypeOfSymbol(parameter), elements = (type as ts.TypeReference).target as ts.TupleType | undefined;
    const labels = elements?.labeledElementDeclarations;
    if (labels === undefined) return [[parameter.name, type, isOptional] as const];
    return checker.getTypeArguments(type as ts.TypeReference).map((one, i) => [labels[i]?.name.getText() ?? parameter.name, one, labels[i]?.questionToken !== undefined] as const);
  });
}
/** The parameters of all overloads, each once. */
function parametersOf(symbol: ts.Symbol, checker: ts.TypeChecker): Parameter[] {
  const said = new Map(symbol.getJsDocTags(checker).filter((tag) => tag.name === "param").map((tag) => {
    const [, name = "", text = ""] = /^(\S+)\s*([^]*)$/.exec(ts.displayPartsToString(tag.text)) ?? [];
    return [name, text] as const;
  }));
  const found = new Map<string, Parameter>();
  const whole = checker.getTypeOfSymbol(symbol);
  for (const signature of [...whole.getCallSignatures(), ...whole.getConstructSignatures()])
    for (const [given, declared, isOptional] of parametersIn(signature, checker)) {
      const name = given.startsWith("__") ? "options" : given, type = checker.getNonNullableType(declared);
      const properties = isTensorType(type) || checker.isArrayLikeType(type) || (type.flags & ts.TypeFlags.Object) + (type.flags & ts.TypeFlags.Intersection) === 0 ? [] : type.getProperties();
      found.set(name, {
        name, said: said.get(name), takesTensor: isTensorType(type), takesNumber: (type.flags & ts.TypeFlags.NumberLike) !== 0, isOptional,
        optionsSpeak: properties.length > 0 && properties.every((property) => property.getDocumentationComment(checker).length > 0),
      });
    }
  return [...found.values()];
}
/** Whether a call gives a tensor, alone or among others. */
function givesTensors(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const members = (type: ts.Type): readonly ts.Type[] => (type.symbol?.name === "__type" ? type.getProperties().map((one) => checker.getTypeOfSymbol(one)) : []);
  const parts = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [...checker.getTypeArguments(type as ts.TypeReference), ...members(type)]);
  const has = (type: ts.Type, depth: number): boolean => isTensorType(type) || (depth < 3 && parts(type).some((part) => has(part, depth + 1)));
  return checker.getTypeOfSymbol(symbol).getCallSignatures().some((signature) => has(signature.getReturnType(), 0));
}

export const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2024, lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"], types: [], customConditions: ["source"],
  allowImportingTsExtensions: true, noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
};

/** The statements of an example, and the expression that it ends in. */
export function partsOf(code: string): { readonly statements: readonly string[]; readonly last: string } {
  const statements = code.split(/;\s*|\n/).map((line) => line.trim()).filter((line) => line !== "");
  return { statements: statements.slice(0, -1), last: statements.at(-1) ?? "" };
}

/** What the compiler says of the examples, as a user would write them after these imports. */
export function typeErrorsOf(imports: string, documented: readonly Documented[]): string[] {
  const path = fileURLToPath(new URL("./examples-of-the-documentation.ts", import.meta.url));
  const examples = documented.flatMap(({ name, examples: all }) => all.map((example) => ({ name, ...partsOf(example.code) })));
  const text = [imports, ...examples.map(({ statements, last }, i) => `export async function example${i}() { ${statements.map((line) => `${line};`).join(" ")} return (${last}); }`)].join("\n");
  const host = ts.createCompilerHost(options), { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version, ...rest) => (name === path ? ts.createSourceFile(name, text, version) : getSourceFile.call(host, name, version, ...rest));
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.readFile = (name) => (name === path ? text : readFile.call(host, name));
  const program = ts.createProgram([path], options, host), file = program.getSourceFile(path)!;
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ start, messageText }) =>
    `${examples[file.getLineAndCharacterOfPosition(start ?? 0).line - 1]?.name ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

/** The import of all of an entry. */
export const importOf = (entry: string, documented: readonly Documented[]): string => `import { ${[...new Set(documented.map(({ name }) => name.split(".")[0]!))].join(", ")} } from "${entry}";`;

/** What an entry exports, with its namespaces among `inside`. */
export function documentationOf(entry: string, inside: readonly string[] = []): Documented[] {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker(), file = program.getSourceFile(path);
  if (file === undefined) throw new Error(`${path} is no module`);
  const found: Documented[] = [];
  const visit = (module: ts.Symbol, prefix: string): void => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        if (inside.includes(exported.name)) visit(symbol, `${exported.name}.`);
        continue;
      }
      const declaration = symbol.valueDeclaration;
      if (declaration === undefined) continue; // A type.
      const tagged = (name: string): string[] => symbol.getJsDocTags(checker).filter((tag) => tag.name === name).map((tag) => ts.displayPartsToString(tag.text));
      const target = meant(symbol, checker);
      const examples = (tagged("example").length > 0 ? symbol : target).getJsDocTags(checker).filter((tag) => tag.name === "example").flatMap((tag) => exampleOf(ts.displayPartsToString(tag.text)) ?? []);
      found.push({
        name: prefix + exported.name, file: declaration.getSourceFile().fileName, text: ts.displayPartsToString(symbol.getDocumentationComment(checker)), examples,
        parameters: parametersOf(symbol, checker), returns: tagged("returns").join("\n"), throws: tagged("throws"), standsFor: target === symbol ? undefined : target.name, givesTensors: givesTensors(symbol, checker),
        isClass: (symbol.flags & ts.SymbolFlags.Class) !== 0, callable: (symbol.flags & ts.SymbolFlags.Class) === 0 && checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0,
      });
    }
  };
  visit(checker.getSymbolAtLocation(file)!, "");
  return found;
}
