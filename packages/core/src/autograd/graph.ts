/** @file The graph behind tensors as data and as text, to look at. */
import { asList, type OneOrMore } from "../calculus/backward.ts";
import type { DType } from "../dtype.ts";
import { type Shape, showShape } from "../shape.ts";
import type { Node } from "../tape.ts";
import { alive, type Tensor } from "../tensor.ts";

/** A node of a graph. `id` counts in the order in which the nodes were made, from 0. */
export type GraphNode = {
  readonly id: number;
  /** PyTorch's name, "MulBackward0"; of a leaf "AccumulateGrad". */
  readonly name: string;
  /** The name that was given to a leaf or root. */
  readonly label: string | undefined;
  readonly kind: "leaf" | "op";
  /** Of each output. */
  readonly outputs: readonly { readonly shape: Shape; readonly dtype: DType }[];
};
/** Output `output` of `from` is input `input` of `to`. */
export type GraphEdge = { readonly from: number; readonly output: number; readonly to: number; readonly input: number };
export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[]; /** The nodes of the tensors that were asked for. */ readonly roots: readonly number[] };
export type GraphOptions = {
  /** Names of leaves and results: `{ weight, bias, loss }`. */
  readonly names?: Readonly<Record<string, Tensor>>;
};

/**
 * The graph that backward would walk from these tensors. A tensor without history has none.
 * @param tensors one, or several
 * @returns its nodes, edges and roots
 * @example `console.log(autograd.toMermaid(autograd.graph(loss, { names: { weight, bias } })))`
 */
export function graph(tensors: OneOrMore<Tensor>, { names = {} }: GraphOptions = {}): Graph {
  const roots = asList(tensors).flatMap((x) => alive("graph", x).edge?.node ?? []);
  const found = new Set<Node>(roots), stack = [...found];
  for (let node; (node = stack.pop()) !== undefined; )
    for (const edge of node.edges) {
      if (edge === null || found.has(edge.node)) continue;
      found.add(edge.node);
      stack.push(edge.node);
    }
  const ordered = [...found].sort((a, b) => a.id - b.id), ids = new Map(ordered.map((node, id) => [node, id]));
  const labels = new Map(Object.entries(names).map(([name, x]) => [x.edge?.node, name]));
  return {
    nodes: ordered.map((node, id) => ({
      id, name: node.name, label: labels.get(node), kind: node.leaf === null ? "op" : "leaf", outputs: node.outputs.map(({ shape, dtype }) => ({ shape, dtype })),
    })),
    edges: ordered.flatMap((node, to) => node.edges.flatMap((edge, input) => (edge === null ? [] : [{ from: ids.get(edge.node)!, output: edge.output, to, input }]))),
    roots: [...new Set(roots)].map((node) => ids.get(node)!),
  };
}

/** What stands in a node: its names, and the shape of a leaf or root. */
function linesOf({ name, label, kind, outputs, id }: GraphNode, roots: readonly number[]): string[] {
  const shown = kind === "leaf" || roots.includes(id) ? outputs.map(({ shape, dtype }) => `${showShape(shape)} ${dtype}`) : [];
  return [...(label === undefined ? [] : [label]), ...(kind === "leaf" && label !== undefined ? [] : [name]), ...shown];
}

/**
 * The graph in the language of Graphviz, in the direction of the data.
 * @param options a graph, as `autograd.graph` gives it
 * @returns the text
 */
export function toDot({ nodes, edges, roots }: Graph): string {
  const text = (lines: readonly string[]): string => lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"")).join("\\n");
  return [
    "digraph autograd {",
    ...nodes.map((node) => `  n${node.id} [label="${text(linesOf(node, roots))}", shape=${node.kind === "leaf" ? "box" : "ellipse"}${roots.includes(node.id) ? ", peripheries=2" : ""}];`),
    ...edges.map(({ from, to }) => `  n${from} -> n${to};`),
    "}",
    "",
  ].join("\n");
}

/**
 * The graph in the language of Mermaid, in the direction of the data.
 * @param options a graph, as `autograd.graph` gives it
 * @returns the text
 */
export function toMermaid({ nodes, edges, roots }: Graph): string {
  const text = (lines: readonly string[]): string => lines.map((line) => line.replaceAll("\"", "#quot;").replaceAll("<", "#lt;")).join("<br>");
  return [
    "flowchart TD",
    ...nodes.map((node) => (node.kind === "leaf" ? `  n${node.id}["${text(linesOf(node, roots))}"]` : `  n${node.id}(["${text(linesOf(node, roots))}"])`)),
    ...edges.map(({ from, to }) => `  n${from} --> n${to}`),
    "",
  ].join("\n");
}
