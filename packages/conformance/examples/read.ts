/** @file The examples in the documentation comments of what a module exports, found through the compiler: aliases and namespaces are followed. */
import { fileURLToPath } from "node:url";
import ts from "typescript-api";

/** An example, and what a reader is told that it gives: what stands after the last `//`. */
export type Example = { readonly code: string; readonly gives: string };
export type Documented = {
  /** As a user writes it: "sum", "linalg.norm". */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** What it says after `@throws`. */
  readonly throws: string;
  readonly examples: readonly Example[];
  /** Whether it is called: a function, or a constant that is one. */
  readonly callable: boolean;
};

/** The lines of an example, without the fence around several. */
export function exampleOf(comment: string): Example | undefined {
  const code = comment.replace(/^\s*```ts\n|```\s*$/g, "").trim(), at = code.lastIndexOf("//");
  return at < 0 ? undefined : { code: code.slice(0, at).trim(), gives: code.slice(at + 2).trim() };
}

/** A constant that is another under a second name stands for that. */
function meant(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  const declaration = symbol.valueDeclaration;
  if (symbol.getJsDocTags(checker).some(({ name }) => name === "example")) return symbol;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined || !ts.isIdentifier(declaration.initializer)) return symbol;
  const other = checker.getSymbolAtLocation(declaration.initializer);
  return other === undefined ? symbol : meant(other.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(other) : other, checker);
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2024, lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"], types: [], customConditions: ["source"],
  allowImportingTsExtensions: true, noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
};

/** The statements of an example, and the expression that it ends in. */
export function partsOf(code: string): { readonly statements: readonly string[]; readonly last: string } {
  const statements = code.split(/;\s*|\n/).map((line) => line.trim()).filter((line) => line !== "");
  return { statements: statements.slice(0, -1), last: statements.at(-1) ?? "" };
}

/** What the compiler says of the examples, as a user would write them who imports all of an entry. */
export function typeErrorsOf(entry: string, documented: readonly Documented[]): string[] {
  const path = fileURLToPath(new URL("./examples-of-the-documentation.ts", import.meta.url)), names = new Set(documented.map(({ name }) => name.split(".")[0]!));
  const examples = documented.flatMap(({ name, examples: all }) => all.map((example) => ({ name, ...partsOf(example.code) })));
  const text = [`import { ${[...names].join(", ")} } from "${entry}";`, ...examples.map(({ statements, last }, i) => `export async function example${i}() { ${statements.map((line) => `${line};`).join(" ")} return (${last}); }`)].join("\n");
  const host = ts.createCompilerHost(options), { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version, ...rest) => (name === path ? ts.createSourceFile(name, text, version) : getSourceFile.call(host, name, version, ...rest));
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.readFile = (name) => (name === path ? text : readFile.call(host, name));
  const program = ts.createProgram([path], options, host), file = program.getSourceFile(path)!;
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ start, messageText }) =>
    `${examples[file.getLineAndCharacterOfPosition(start ?? 0).line - 1]?.name ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

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
      const examples = meant(symbol, checker).getJsDocTags(checker).filter((tag) => tag.name === "example").flatMap((tag) => exampleOf(ts.displayPartsToString(tag.text)) ?? []);
      found.push({
        name: prefix + exported.name, file: declaration.getSourceFile().fileName, text: ts.displayPartsToString(symbol.getDocumentationComment(checker)), examples,
        throws: symbol.getJsDocTags(checker).filter((tag) => tag.name === "throws").map((tag) => ts.displayPartsToString(tag.text)).join("\n"),
        callable: (symbol.flags & ts.SymbolFlags.Class) === 0 && checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0,
      });
    }
  };
  visit(checker.getSymbolAtLocation(file)!, "");
  return found;
}
