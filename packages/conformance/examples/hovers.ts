/** @file What an editor shows of the members of a type, asked of TypeScript's language service. */
import { fileURLToPath } from "node:url";
import ts from "typescript-api";
import { type Example, exampleOf, options } from "./read.ts";

export type Hover = { readonly name: string; readonly text: string; readonly examples: readonly Example[] };

const path = fileURLToPath(new URL("./members.ts", import.meta.url));

/** Each public member of the types that an entry exports, as `x.member` shows it. */
export function hoversOf(entry: string, types: readonly string[]): ReadonlyMap<string, readonly Hover[]> {
  const lines = [`import type { ${types.join(", ")} } from "${entry}";`, ...types.map((type) => `declare const of${type}: ${type};`)];
  let version = 0;
  const service = ts.createLanguageService({
    getCompilationSettings: () => options, getScriptFileNames: () => [path], getScriptVersion: (file) => (file === path ? String(version) : "0"),
    getCurrentDirectory: () => fileURLToPath(new URL(".", import.meta.url)),
    getScriptSnapshot: (file) => (file === path ? ts.ScriptSnapshot.fromString(lines.join("\n")) : ts.sys.fileExists(file) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(file)!) : undefined),
    getDefaultLibFileName: ts.getDefaultLibFilePath, fileExists: (file) => file === path || ts.sys.fileExists(file), readFile: (file) => ts.sys.readFile(file),
  });
  const members = types.map((type, i) => membersOf(service.getProgram()!, i + 1).map((name) => [type, name] as const)).flat();
  const start = lines.length;
  for (const [type, name] of members) lines.push(`of${type}.${name}`);
  version++;
  let end = lines.slice(0, start).join("\n").length;
  const hovers = members.map(([type, name], i) => {
    end += lines[start + i]!.length + 1;
    const info = service.getQuickInfoAtPosition(path, end - 1);
    const examples = (info?.tags ?? []).flatMap((tag) => (tag.name === "example" ? exampleOf(ts.displayPartsToString(tag.text)) ?? [] : []));
    return [type, { name, text: ts.displayPartsToString(info?.documentation), examples }] as const;
  });
  return new Map(types.map((type) => [type, hovers.flatMap(([of, hover]) => (of === type ? [hover] : []))]));
}

/** The names of the public members of what a statement declares. */
function membersOf(program: ts.Program, statement: number): string[] {
  const checker = program.getTypeChecker(), declaration = (program.getSourceFile(path)!.statements[statement] as ts.VariableStatement).declarationList.declarations[0]!;
  return checker.getPropertiesOfType(checker.getTypeAtLocation(declaration)).filter((one) => /^[A-Za-z]\w*$/.test(one.name) && isPublic(one, checker)).map(({ name }) => name);
}
const isPublic = (member: ts.Symbol, checker: ts.TypeChecker): boolean =>
  member.getJsDocTags(checker).every(({ name }) => name !== "internal")
  && (member.declarations ?? []).every((one) => (ts.getCombinedModifierFlags(one as ts.Declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0);
