/** @file Compiled compute pipelines and their layouts. Knows WGSL text and bindings, not what is computed. */
import { DeviceError } from "@adjoint/core/backend";
import type { Layout } from "./bind-groups.ts";
import { type Calls, describeCall } from "./calls.ts";
import type { Faults } from "./faults.ts";
import { helpersOf } from "./wgsl/helpers.ts";

/** How a buffer is declared in WGSL. */
export type Binding = { readonly type: string; readonly access: "read" | "read_write" };

export type Shader = {
  readonly label: string;
  readonly bindings: readonly Binding[];
  /** Words of uniforms, the header of 4 included: invocations, invocations in a row of workgroups, zero, free. */
  readonly uniformWords: number;
  readonly workgroup: readonly [x: number, y: number];
  /** Functions and statements before the entry point. */
  readonly declarations?: string;
  /** The entry point's statements, with `global: vec3<u32>`, `group: vec3<u32>` and `groups: vec3<u32>`. */
  readonly body: string;
};

/** Word `index` of the uniforms: a u32. */
export const word = (index: number): string => `u[${index >>> 2}].${"xyzw"[index & 3]}`;
export const intWord = (index: number): string => `bitcast<i32>(${word(index)})`;
export const floatWord = (index: number): string => `bitcast<f32>(${word(index)})`;
/** The first statements of a kernel of one dimension: its invocation's number `thread`, a u32. */
export const threadNumber = "  let thread = global.y * u[0].y + global.x;\n  if (thread >= u[0].x) { return; }";

export class Pipeline {
  readonly label: string;
  /** Undefined until it is compiled, where that is not waited for. */
  gpu: GPUComputePipeline | undefined;
  readonly layout: Layout;
  readonly workgroup: number;

  constructor(label: string, gpu: GPUComputePipeline | undefined, layout: Layout, workgroup: number) {
    this.label = label;
    this.gpu = gpu;
    this.layout = layout;
    this.workgroup = workgroup;
  }
}

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #calls: Calls;
  /** One layout for each pattern of access and uniform size. */
  readonly #layouts: Map<string, Layout> = new Map();
  compiled: number = 0;
  /** Those on their way, while several are compiled at once. */
  #coming: Promise<void>[] | undefined;

  constructor(device: GPUDevice, faults: Faults, calls: Calls) {
    this.#device = device;
    this.#faults = faults;
    this.#calls = calls;
  }

  compile(shader: Shader): Pipeline {
    this.compiled++;
    const vectors = Math.ceil(shader.uniformWords / 4);
    const [x, y] = shader.workgroup;
    const { label } = shader;
    const code = textOf(shader, vectors), call = this.#calls.current, what = (): string => `compiling ${describeCall(label, call)}`;
    return this.#faults.watch(what, () => {
      const layout = this.#layout(shader, vectors * 16);
      const module = this.#device.createShaderModule({ label, code });
      const descriptor = { label, layout: layout.pipeline, compute: { module, entryPoint: "main" } };
      if (this.#coming === undefined) return new Pipeline(label, this.#device.createComputePipeline(descriptor), layout, x * y);
      const pipeline = new Pipeline(label, undefined, layout, x * y);
      this.#coming.push(this.#device.createComputePipelineAsync(descriptor).then((gpu) => { pipeline.gpu = gpu; }, (error: Error) => this.#faults.add(new DeviceError(`webgpu: ${what()}: ${error.message}`))));
      return pipeline;
    });
  }

  /** From now on pipelines are compiled beside each other, and come later. */
  gather(): void {
    this.#coming ??= [];
  }

  /** Resolves when all that were asked for are there; from then on they are compiled at once again. */
  async gathered(): Promise<void> {
    for (let waiting = this.#coming; waiting !== undefined && waiting.length > 0; waiting = this.#coming) {
      this.#coming = [];
      await Promise.all(waiting);
    }
    this.#coming = undefined;
  }

  #layout(shader: Shader, uniformBytes: number): Layout {
    const key = `${uniformBytes}${shader.bindings.map(({ access }) => (access === "read" ? "r" : "w")).join("")}`;
    let known = this.#layouts.get(key);
    if (known === undefined) {
      const visibility = 4; // GPUShaderStage.COMPUTE
      const entries: GPUBindGroupLayoutEntry[] = [
        { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: uniformBytes } },
        ...shader.bindings.map(({ access }, k): GPUBindGroupLayoutEntry =>
          ({ binding: k + 1, visibility, buffer: { type: access === "read" ? "read-only-storage" : "storage" } })),
      ];
      const group = this.#device.createBindGroupLayout({ entries });
      known = { id: this.#layouts.size, group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }), uniformBytes };
      this.#layouts.set(key, known);
    }
    return known;
  }
}

function textOf(shader: Shader, vectors: number): string {
  const [x, y] = shader.workgroup;
  const own = `${shader.declarations ?? ""}
@compute @workgroup_size(${x}, ${y})
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
${shader.body}
}`;
  return `// ${shader.label}
@group(0) @binding(0) var<uniform> u: array<vec4<u32>, ${vectors}>;
${shader.bindings.map(({ type, access }, k) => `@group(0) @binding(${k + 1}) var<storage, ${access}> b${k}: array<${type}>;`).join("\n")}
fn ad_zero() -> u32 { return u[0].z; }
${helpersOf(own)}
${own}
`;
}
