/** @file The Python that golden cases are written in, as a tree of plain objects. */

export type Expr =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "format"; readonly parts: readonly (string | Replacement)[] }
  | { readonly kind: "tuple" | "list" | "set"; readonly items: readonly Expr[] }
  | { readonly kind: "star"; readonly value: Expr }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [key: Expr | null, value: Expr])[] }
  | { readonly kind: "comprehension"; readonly of: "list" | "set" | "generator" | "dict"; readonly element: Expr; readonly value: Expr | null; readonly clauses: readonly Clause[] }
  | { readonly kind: "lambda"; readonly parameters: readonly Parameter[]; readonly body: Expr }
  | { readonly kind: "conditional"; readonly test: Expr; readonly holds: Expr; readonly otherwise: Expr }
  | { readonly kind: "and" | "or"; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "not"; readonly value: Expr }
  | { readonly kind: "compare"; readonly first: Expr; readonly rest: readonly (readonly [operator: string, value: Expr])[] }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "unary"; readonly operator: string; readonly value: Expr }
  | { readonly kind: "call"; readonly fn: Expr; readonly args: readonly Argument[] }
  | { readonly kind: "attribute"; readonly object: Expr; readonly name: string }
  | { readonly kind: "index"; readonly object: Expr; readonly index: Expr }
  | { readonly kind: "slice"; readonly start: Expr | null; readonly stop: Expr | null; readonly step: Expr | null }
  | { readonly kind: "walrus"; readonly name: string; readonly value: Expr };

export type Replacement = { readonly value: Expr; readonly conversion: string; readonly spec: string; readonly source: string | null };
export type Clause = { readonly target: Expr; readonly iterable: Expr } | { readonly test: Expr };
/** `*x` and `**x` have a star; `name=x` a name. */
export type Argument = { readonly star: "" | "*" | "**"; readonly name: string | null; readonly value: Expr };
export type Parameter = { readonly star: "" | "*" | "**"; readonly name: string; readonly fallback: Expr | null };

export type Statement =
  | { readonly kind: "expression"; readonly value: Expr }
  | { readonly kind: "assign"; readonly targets: readonly Expr[]; readonly value: Expr }
  | { readonly kind: "augment"; readonly target: Expr; readonly operator: string; readonly value: Expr }
  | { readonly kind: "return"; readonly value: Expr | null }
  | { readonly kind: "if"; readonly branches: readonly { readonly test: Expr | null; readonly body: Block }[] }
  | { readonly kind: "while"; readonly test: Expr; readonly body: Block; readonly otherwise: Block }
  | { readonly kind: "for"; readonly target: Expr; readonly iterable: Expr; readonly body: Block; readonly otherwise: Block }
  | { readonly kind: "with"; readonly items: readonly { readonly value: Expr; readonly target: Expr | null }[]; readonly body: Block }
  | { readonly kind: "try"; readonly body: Block; readonly handlers: readonly Handler[]; readonly otherwise: Block; readonly always: Block }
  | { readonly kind: "def"; readonly name: string; readonly parameters: readonly Parameter[]; readonly body: Block; readonly decorators: readonly Expr[] }
  | { readonly kind: "class"; readonly name: string; readonly bases: readonly Argument[]; readonly body: Block; readonly decorators: readonly Expr[] }
  | { readonly kind: "raise"; readonly value: Expr | null }
  | { readonly kind: "assert"; readonly test: Expr; readonly message: Expr | null }
  | { readonly kind: "delete"; readonly targets: readonly Expr[] }
  | { readonly kind: "import"; readonly modules: readonly { readonly path: string; readonly as: string | null }[] }
  | { readonly kind: "from"; readonly path: string; readonly names: readonly { readonly name: string; readonly as: string }[] }
  | { readonly kind: "scope"; readonly global: boolean; readonly names: readonly string[] }
  | { readonly kind: "pass" | "break" | "continue" };

export type Handler = { readonly type: Expr | null; readonly name: string | null; readonly body: Block };
export type Block = readonly Statement[];
