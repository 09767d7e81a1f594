/** @file A product by blocks that a workgroup shares: operands go through workgroup memory, results stay in registers. For adapters that are hardware. */
import { type Shader, word } from "../../pipelines.ts";
import { storedType } from "../../wgsl/expression.ts";
import { COLUMNS_ALONG, component, numbers, openBlock, productBindings, type ProductText, ROWS_ALONG, type Side, sumsOf } from "./text.ts";

/** Depths that are in workgroup memory at once. */
export const SLICE = 16;
/** Rows and columns of a block, and as many invocations: 8 beside each other, each with an eighth of the columns, and 8 rows. */
export type BlockSide = 64 | 128;
const ACROSS = 8, ROWS_EACH = 8;
/** The bytes of workgroup memory that a block takes. */
export const blockBytes = (side: BlockSide): number => 2 * SLICE * side * 4;

/** Texts that fetch a slice of one operand into registers, for base `base`, and that store it in workgroup memory. */
type Load = { readonly declared: string; readonly fetch: string; readonly store: string };

/**
 * The next slice is fetched while the invocations multiply this one. Each has its places four by four, with those of the others between, so that
 * neighbours read neighbouring vectors of workgroup memory. The depths of a slice stand in the text one by one: then places there are constants.
 */
export function blockShader(p: ProductText, side: BlockSide): Shader {
  const type = storedType(p.dtype), vector = `vec4<${type}>`, columnsEach = side / ACROSS;
  const rows = numbers(ROWS_EACH), rowFours = numbers(ROWS_EACH / 4), columnFours = numbers(columnsEach / 4), down = side / ROWS_EACH, rowOf = (i: number): string => `firstRow + ${4 * (i >> 2) * down + (i & 3)}`;
  const loads = (["rows", "columns"] as const).map((name) => loadOf(p, name, vector, side, name === "rows" ? "row" : "column"));
  const depth = (k: number): string => `${rowFours.map((q) => `let x${q} = rowsTile[${k}][down + ${q * down}];`).join(" ")} ${columnFours.map((q) => `let y${q} = columnsTile[${k}][across + ${q * ACROSS}];`).join(" ")}
${rows.flatMap((i) => columnFours.map((j) => `      sum${i}_${j} = ${sum(p, `x${i >> 2}.${component(i)}`, `y${j}`, `sum${i}_${j}`, vector)};`)).join("\n")}`;
  const fetch = (base: string): string => `    {
      let base = ${base};
${loads.map((load) => load.fetch).join("\n")}
    }`;
  return {
    label: `${p.label} ${side}x${side} shared${p.rows.lie === "scattered" ? "" : `, rows ${p.rows.lie}`}${p.columns.lie === "scattered" ? "" : `, columns ${p.columns.lie}`}`,
    bindings: productBindings(p, (slot) => (isVector(p, slot) ? vector : undefined)),
    uniformWords: p.uniformWords,
    workgroup: [side, 1],
    declarations: `var<workgroup> rowsTile: array<array<${vector}, ${side / 4}>, ${SLICE}>;
var<workgroup> columnsTile: array<array<${vector}, ${side / 4}>, ${SLICE}>;
${p.declarations}`,
    body: `${openBlock("group.y * groups.x + group.x")}
  let thread = bitcast<i32>(global.x - group.x * ${side});
  let across = thread % ${ACROSS}; let down = thread / ${ACROSS};
  let row = blockRow * ${side}; let column = blockColumn * ${side};
  if (row >= rowCount) { return; }
${p.open}
${loads.map((load) => load.declared).join("\n")}
  let firstRow = row + down * 4; let firstColumn = column + across * 4;
${sumsOf(p, rows.map(rowOf), columnFours.map((q) => `firstColumn + ${4 * q * ACROSS}`))}
${fetch("start")}
  for (var next = start; next < end;) {
${loads.map((load) => load.store).join("\n")}
    workgroupBarrier();
    next = next + ${SLICE};
    if (next < end) {
${fetch("next")}
    }
${numbers(SLICE).map((k) => `    { ${depth(k)} }`).join("\n")}
    workgroupBarrier();
  }
${rowFours.map((q) => p.resultRows(4 * q, `(firstRow + ${4 * q * down})`, 4)).join("\n")}
${columnFours.map((q) => p.resultColumns(4 * q, `(firstColumn + ${4 * q * ACROSS})`, 4)).join("\n")}
${rows.map((i) => `  if (${rowOf(i)} < rowCount) {
${columnFours.map((q) => storeOf(p, i, q)).join("\n")}
  }`).join("\n")}`,
  };
}

/** A buffer of vectors: all that use it take vectors, which whoever chose how they lie has seen to. */
const isVector = (p: ProductText, slot: number): boolean =>
  (slot === p.slots[0] && p.rows.lie !== "scattered") || (slot === p.slots[1] && p.columns.lie !== "scattered") || (slot === p.slots[2] && p.isWide);

const sum = ({ dtype }: ProductText, x: string, y: string, to: string, vector: string): string => (dtype === "float32" ? `fma(${vector}(${x}), ${y}, ${to})` : `${to} + ${x} * ${y}`);

function storeOf(p: ProductText, i: number, q: number): string {
  const first = `firstColumn + ${4 * q * ACROSS}`, target = `b${p.slots[2]}`;
  if (p.isWide) return `    if (${first} < columnCount) { ${target}[(partOffset >> 2) + ${p.result(i, 4 * q)}] = sum${i}_${q}; }`;
  return numbers(4).map((e) => `    if (${first} + ${e} < columnCount) { ${target}[partOffset + ${p.result(i, 4 * q + e)}] = sum${i}_${q}.${component(e)}; }`).join("\n");
}

/** Depths past the end are zeros on both sides, so that no infinity meets one. */
function loadOf(p: ProductText, name: "rows" | "columns", vector: string, side: BlockSide, first: string): Load {
  const of: Side = p[name], tile = `${name}Tile`, fours = numbers(4);
  if (of.lie === "along") {
    // Four places by four depths of each invocation, turned round on the way.
    const piece = (e: number): string => `${name}${e}`;
    return {
      declared: `  let ${name}Quad = thread / ${SLICE / 4}; let ${name}Depth = thread % ${SLICE / 4} * 4;
${of.places(0, `(${first} + ${name}Quad * 4)`, 4)}
${fours.map((e) => `  var ${piece(e)} = ${vector}();`).join("\n")}`,
      fetch: `      {
        let k = base + ${name}Depth; let inside = vec4(k, k + 1, k + 2, k + 3) < vec4(end);
${p.depth(0, "k")}
${fours.map((e) => `        ${piece(e)} = select(${vector}(), ${of.value(e, 0)}, inside);`).join("\n")}
      }`,
      store: fours.map((c) => `    ${tile}[${name}Depth + ${c}][${name}Quad] = ${vector}(${fours.map((e) => `${piece(e)}.${component(c)}`).join(", ")});`).join("\n"),
    };
  }
  // One depth of each invocation, and every `step`th four of places.
  const step = side / SLICE, pieces = numbers(side / 4 / step), piece = (q: number): string => `${name}${q}`;
  const loaded = (q: number): string => (of.lie === "across" ? of.value(4 * q, 0) : `${vector}(${fours.map((e) => of.value(4 * q + e, 0)).join(", ")})`);
  const along = `${word(name === "rows" ? ROWS_ALONG : COLUMNS_ALONG)} != 0u`;
  return {
    declared: `  let ${name}Along = ${along};
  let ${name}Depth = select(thread / ${step}, thread % ${SLICE}, ${name}Along);
  let ${name}Quad = select(thread % ${step}, thread / ${SLICE}, ${name}Along);
${pieces.map((q) => of.places(4 * q, `(${first} + ${name}Quad * 4 + ${4 * step * q})`, 4)).join("\n")}
${pieces.map((q) => `  var ${piece(q)} = ${vector}();`).join("\n")}`,
    fetch: `      {
        let k = base + ${name}Depth;
${p.begin("k")}
${p.depth(0, "k")}
${pieces.map((q) => `        ${piece(q)} = select(${vector}(), ${loaded(q)}, k < end);`).join("\n")}
      }`,
    store: pieces.map((q) => `    ${tile}[${name}Depth][${name}Quad + ${q * step}] = ${piece(q)};`).join("\n"),
  };
}
