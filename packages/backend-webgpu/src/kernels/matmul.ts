/** @file `matmul`: batched rank-3 products, 4 x 4 results for each invocation. No workgroup memory: software adapters emulate it at 5 to 20 times the cost. */
import { type DType, DTypeError, type Kernel, type PrimitiveAttrs, type View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, word } from "../pipelines.ts";
import { storedType } from "../wgsl/expression.ts";

/** Words after the header: sizes, then offset and strides (batch, row, column) of a, b and the output. */
const BATCH = 4, M = 5, N = 6, K = 7, A = 8, B = 12, OUT = 16, WORDS = 20;
const TILE = 4, GROUP = 8;

/** Edges repeat the last row or column and write nothing there: any size, no padding, no branch in the loop. */
function matmulShader(dtype: DType, slots: readonly number[]): Shader {
  const [a, b, out] = slots;
  const type = storedType(dtype);
  const range = Array.from({ length: TILE }, (_, i) => i);
  const limit = (i: number, of: number): string => `min(${of === M ? "row" : "column"} + ${i}, ${intWord(of)} - 1)`;
  return {
    label: `matmul ${dtype} 4x4`,
    bindings: bindingsOf(slots, [dtype, dtype, dtype], 2),
    uniformWords: WORDS,
    workgroup: [GROUP, GROUP],
    body: `  let row = bitcast<i32>(global.y) * ${TILE};
  let column = bitcast<i32>(global.x) * ${TILE};
  if ((row >= ${intWord(M)}) | (column >= ${intWord(N)})) { return; }
${range.map((i) => `  let rowA${i} = ${limit(i, M)} * ${intWord(A + 2)}; let columnB${i} = ${limit(i, N)} * ${intWord(B + 3)};`).join("\n")}
  for (var batch = group.z; batch < ${word(BATCH)}; batch = batch + groups.z) {
    var atA = ${intWord(A)} + bitcast<i32>(batch) * ${intWord(A + 1)};
    var atB = ${intWord(B)} + bitcast<i32>(batch) * ${intWord(B + 1)};
${range.map((i) => `    var sum${i} = vec4<${type}>();`).join("\n")}
    for (var k = 0u; k < ${word(K)}; k = k + 1u) {
      let y = vec4<${type}>(${range.map((j) => `b${b}[atB + columnB${j}]`).join(", ")});
${range.map((i) => `      sum${i} = sum${i} + b${a}[atA + rowA${i}] * y;`).join("\n")}
      atA = atA + ${intWord(A + 3)};
      atB = atB + ${intWord(B + 2)};
    }
    let to = ${intWord(OUT)} + bitcast<i32>(batch) * ${intWord(OUT + 1)} + row * ${intWord(OUT + 2)} + column * ${intWord(OUT + 3)};
${range.map((i) => `    if (row + ${i} < ${intWord(M)}) {
${range.map((j) => `      if (column + ${j} < ${intWord(N)}) { b${out}[to + ${i} * ${intWord(OUT + 2)} + ${j} * ${intWord(OUT + 3)}] = sum${i}.${"xyzw"[j]}; }`).join("\n")}
    }`).join("\n")}
  }`,
  };
}

export function matmulKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["matmul"], WebGpuBuffer> {
  const compiled: { readonly [D in DType]?: Map<number | string, Pipeline> } = { float32: new Map(), int32: new Map() };
  const operands = new Operands();
  return (inputs, outputs) => {
    device.assertAlive();
    const [a, b] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>], out = outputs[0]!;
    const { chunks, slots, pattern } = operands.collect(inputs, outputs);
    const known = compiled[a.dtype];
    if (known === undefined) throw new DTypeError(`webgpu: matmul takes float32 or int32, not ${a.dtype}`);
    let pipeline = known.get(pattern);
    if (pipeline === undefined) known.set(pattern, (pipeline = device.pipelines.compile(matmulShader(a.dtype, slots))));

    const { recorder } = device;
    const { ints } = recorder;
    const at = recorder.uniforms(pipeline);
    const [batch, m, n] = out.shape as readonly [number, number, number];
    ints[at + BATCH] = batch;
    ints[at + M] = m;
    ints[at + N] = n;
    ints[at + K] = a.shape[2]!;
    writeView(ints, at + A, a);
    writeView(ints, at + B, b);
    writeView(ints, at + OUT, out);
    const side = TILE * GROUP;
    recorder.dispatchGroups(pipeline, chunks, Math.ceil(n / side), Math.ceil(m / side), Math.min(batch, 65535));
  };
}

function writeView(ints: Int32Array, at: number, { offset, strides }: View<WebGpuBuffer>): void {
  ints[at] = offset;
  for (let d = 0; d < 3; d++) ints[at + 1 + d] = strides[d]!;
}
