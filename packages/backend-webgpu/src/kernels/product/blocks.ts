/** @file A product by blocks that a workgroup shares: operands go through workgroup memory, results stay in registers. For adapters that are hardware. */
import { bindingsOf } from "../../operands.ts";
import { type Shader, word } from "../../pipelines.ts";
import { storedType } from "../../wgsl/expression.ts";
import { COLUMNS_ALONG, component, numbers, openBlock, type ProductText, ROWS_ALONG } from "./text.ts";

/** Depths that are in workgroup memory at once, and invocations along each side of a workgroup. */
export const SLICE = 16, GROUP = 16;
/** Rows, and columns, of a block in which an invocation has `quads` times four of each. */
export const sideOf = (quads: number): number => 4 * GROUP * quads;
/** A vector between the slices, so that invocations that store at different depths meet different banks of the memory. */
const strideOf = (quads: number): number => GROUP * quads + 1;
/** The bytes of workgroup memory that a block takes. */
export const blockBytes = (quads: number): number => 2 * SLICE * strideOf(quads) * 16;

/**
 * The 256 invocations load a slice of both operands, four neighbouring places at one depth each, and then each multiplies its places, 64 apart, so that
 * neighbours read neighbouring vectors. Neighbours load along the depth, or along the places, as the operand lies in memory.
 */
export function blockShader(p: ProductText, quads: number): Shader {
  const type = storedType(p.dtype), side = sideOf(quads), stride = strideOf(quads);
  const rows = numbers(4 * quads), groups = numbers(quads);
  const load = (name: "rows" | "columns"): string => `    {
      let k = base + ${name}Depth;
${p.begin("k")}
${p.depth(0, "k")}
${groups.map((q) => `      ${name}Tile[${name}Depth * ${stride} + ${name}Quad + ${q * GROUP}] = select(vec4<${type}>(), vec4<${type}>(${numbers(4).map((e) => p[name].value(4 * q + e, 0)).join(", ")}), k < end);`).join("\n")}
    }`;
  const side4 = (name: "rows" | "columns", along: number, first: string): string => `  let ${name}Along = ${word(along)} != 0u;
  let ${name}Depth = select(thread / ${GROUP}, thread % ${GROUP}, ${name}Along);
  let ${name}Quad = select(thread % ${GROUP}, thread / ${GROUP}, ${name}Along);
${groups.map((q) => p[name].places(4 * q, `(${first} + ${name}Quad * 4 + ${4 * GROUP * q})`, 4)).join("\n")}`;
  return {
    label: `${p.label} ${side}x${side} shared`,
    bindings: bindingsOf(p.slots, [p.dtype, p.dtype, p.dtype], 2),
    uniformWords: p.uniformWords,
    workgroup: [GROUP, GROUP],
    declarations: `var<workgroup> rowsTile: array<vec4<${type}>, ${SLICE * stride}>;
var<workgroup> columnsTile: array<vec4<${type}>, ${SLICE * stride}>;
${p.declarations}`,
    body: `${openBlock("group.y * groups.x + group.x")}
  let acrossX = bitcast<i32>(global.x - group.x * ${GROUP}); let acrossY = bitcast<i32>(global.y - group.y * ${GROUP});
  let thread = acrossY * ${GROUP} + acrossX;
  let row = blockRow * ${side}; let column = blockColumn * ${side};
  if (row >= rowCount) { return; }
${p.open}
${side4("rows", ROWS_ALONG, "row")}
${side4("columns", COLUMNS_ALONG, "column")}
${rows.flatMap((i) => groups.map((j) => `  var sum${i}_${j} = vec4<${type}>();`)).join("\n")}
  for (var base = start; base < end; base = base + ${SLICE}) {
${load("rows")}
${load("columns")}
    workgroupBarrier();
    for (var k = 0; k < ${SLICE}; k = k + 1) {
${groups.map((q) => `      let x${q} = rowsTile[k * ${stride} + acrossY + ${q * GROUP}]; let y${q} = columnsTile[k * ${stride} + acrossX + ${q * GROUP}];`).join("\n")}
${rows.flatMap((i) => groups.map((j) => `      sum${i}_${j} = sum${i}_${j} + x${i >> 2}.${component(i)} * y${j};`)).join("\n")}
    }
    workgroupBarrier();
  }
  let firstRow = row + acrossY * 4; let firstColumn = column + acrossX * 4;
${groups.map((q) => `${p.resultRows(4 * q, `(firstRow + ${4 * GROUP * q})`, 4)}\n${p.resultColumns(4 * q, `(firstColumn + ${4 * GROUP * q})`, 4)}`).join("\n")}
${rows.map((i) => `  if (firstRow + ${4 * GROUP * (i >> 2) + (i & 3)} < rowCount) {
${rows.map((j) => `    if (firstColumn + ${4 * GROUP * (j >> 2) + (j & 3)} < columnCount) { b${p.slots[2]}[partOffset + ${p.result(i, j)}] = sum${i}_${j >> 2}.${component(j)}; }`).join("\n")}
  }`).join("\n")}`,
  };
}
