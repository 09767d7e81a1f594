/** @file A product by tiles that stay in the registers of one invocation: no workgroup memory and no barrier, which software adapters emulate at 5 to 20 times the cost. */
import type { Shader } from "../../pipelines.ts";
import { storedType } from "../../wgsl/expression.ts";
import { component, numbers, openBlock, productBindings, type ProductText, sumsOf } from "./text.ts";

/** Results of one invocation, whose columns are a multiple of four, and how many invocations are a workgroup. */
export type Tile = { readonly rows: number; readonly columns: number; readonly group: number };

/**
 * A step takes four depths: what a loop carries costs a software adapter ten instructions a turn, accumulators too. A matrix times a vector is, of
 * several ways to say 16 products, the one whose code is shortest there.
 */
export function registerShader(p: ProductText, tile: Tile): Shader {
  const type = storedType(p.dtype);
  const rows = numbers(tile.rows), columns = numbers(tile.columns), vectors = numbers(tile.columns / 4), depths = numbers(4);
  const columnVector = (j: number, c: number): string => `vec4<${type}>(${numbers(4).map((e) => p.columns.value(4 * j + e, c)).join(", ")})`;
  const product = (j: number): string => (p.dtype === "float32" ? `matrix${j} * x` : depths.map((c) => `x.${component(c)} * y${c}_${j}`).join(" + "));
  return {
    label: `${p.label} ${tile.rows}x${tile.columns}`,
    bindings: productBindings(p),
    uniformWords: p.uniformWords,
    workgroup: [tile.group, 1],
    declarations: p.declarations,
    body: `${openBlock(`global.y * groups.x * ${tile.group} + global.x`)}
  let row = blockRow * ${tile.rows}; let column = blockColumn * ${tile.columns};
  if (row >= rowCount) { return; }
${p.open}
${p.rows.places(0, "row", tile.rows)}
${p.columns.places(0, "column", tile.columns)}
${sumsOf(p, rows.map((i) => `row + ${i}`), vectors.map((j) => `column + ${4 * j}`))}
  let whole = end - ((end - start) & 3);
${p.begin("start")}
  for (var k = start; k < whole; k = k + 4) {
${depths.map((c) => `${p.depth(c, `(k + ${c})`)}\n${p.next(c)}`).join("\n")}
${vectors.map((j) => `${depths.map((c) => `    let y${c}_${j} = ${columnVector(j, c)};`).join("\n")}
${p.dtype === "float32" ? `    let matrix${j} = mat4x4<f32>(${depths.map((c) => `y${c}_${j}`).join(", ")});` : ""}`).join("\n")}
${rows.map((i) => `    {
      let x = vec4<${type}>(${depths.map((c) => p.rows.value(i, c)).join(", ")});
${vectors.map((j) => `      sum${i}_${j} = sum${i}_${j} + ${product(j)};`).join("\n")}
    }`).join("\n")}
  }
  for (var k = whole; k < end; k = k + 1) {
${p.depth(0, "k")}
${p.next(0)}
${vectors.map((j) => `    let y${j} = ${columnVector(j, 0)};`).join("\n")}
${rows.map((i) => `    let x${i} = ${p.rows.value(i, 0)};\n${vectors.map((j) => `    sum${i}_${j} = sum${i}_${j} + x${i} * y${j};`).join("\n")}`).join("\n")}
  }
${p.resultRows(0, "row", tile.rows)}
${p.resultColumns(0, "column", tile.columns)}
${rows.flatMap((i) => columns.map((j) => `  b${p.slots[2]}[partOffset + ${p.result(i, j)}] = sum${i}_${j >> 2}.${component(j)};`)).join("\n")}`,
  };
}
