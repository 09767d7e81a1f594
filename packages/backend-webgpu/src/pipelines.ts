/** @file Compiled compute pipelines and their layouts. Knows WGSL text and bindings, not what is computed. */
import { DeviceError } from "@adjoint/core/backend";
import type { Layout } from "./bind-groups.ts";
import { type Calls, describeCall } from "./calls.ts";
import type { Faults } from "./faults.ts";
import type { Tuning } from "./tuning.ts";
import { helpersOf } from "./wgsl/helpers.ts";

/** How a buffer is declared in WGSL. */
export type Binding = { readonly type: string; readonly access: "read" | "read_write" };

export type Shader = {
  readonly label: string;
  readonly bindings: readonly Binding[];
  /** Words of uniforms, the header of 4 included: invocations, invocations in a row of workgroups, zero, free. */
  readonly uniformWords: number;
  readonly workgroup: readonly [x: number, y: number];
  /** Invocations know nothing of each other and go by `threadNumber`, so workgroups may be of another size. */
  readonly isApart?: true;
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

  /** The same in small workgroups, where that is a gain and allowed. */
  readonly #small: Pipeline | undefined;
  #start: ((pipeline: Pipeline) => void) | undefined;

  constructor(label: string, layout: Layout, workgroup: number, start: (pipeline: Pipeline) => void, small: Pipeline | undefined) {
    this.label = label;
    this.layout = layout;
    this.workgroup = workgroup;
    this.#start = start;
    this.#small = small;
  }

  /** The one for so many invocations. */
  sized(threads: number): Pipeline {
    return threads <= FEW && this.#small !== undefined ? this.#small : this;
  }

  /** Has it compiled, at its first call. */
  start(): void {
    const start = this.#start;
    if (start === undefined) return;
    this.#start = undefined;
    start(this);
  }
}

/** A workgroup takes a software adapter 30 ns for each of its invocations, also those that have nothing to do: up to so many are better off in workgroups of `SMALL`. */
const FEW = 64, SMALL = 32;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #calls: Calls;
  readonly #tuning: Tuning;
  /** One layout for each pattern of access and uniform size. */
  readonly #layouts: Map<string, Layout> = new Map();
  compiled: number = 0;
  /** Those on their way, while several are compiled at once. */
  #coming: Promise<void>[] | undefined;

  constructor(device: GPUDevice, faults: Faults, calls: Calls, tuning: Tuning) {
    this.#device = device;
    this.#faults = faults;
    this.#calls = calls;
    this.#tuning = tuning;
  }

  /** A pipeline that is compiled when it is first called. */
  compile(shader: Shader): Pipeline {
    const small = shader.isApart === true && this.#tuning === "registers" ? this.#planned({ ...shader, workgroup: [SMALL, 1] }) : undefined;
    return this.#planned(shader, small);
  }

  #planned(shader: Shader, small?: Pipeline): Pipeline {
    const [x, y] = shader.workgroup, vectors = Math.ceil(shader.uniformWords / 4), layout = this.#layout(shader, vectors * 16);
    return new Pipeline(shader.label, layout, x * y, (pipeline) => this.#compile(shader, vectors, pipeline), small);
  }

  #compile(shader: Shader, vectors: number, pipeline: Pipeline): void {
    this.compiled++;
    const { label } = shader, code = textOf(shader, vectors, this.#tuning), call = this.#calls.current, what = (): string => `compiling ${describeCall(label, call)}`;
    this.#faults.watch(what, () => {
      const module = this.#device.createShaderModule({ label, code });
      const descriptor = { label, layout: pipeline.layout.pipeline, compute: { module, entryPoint: "main" } };
      if (this.#coming === undefined) pipeline.gpu = this.#device.createComputePipeline(descriptor);
      else {
        const refused = (error: Error): void => this.#faults.add(new DeviceError(`webgpu: ${what()}: ${error.message}`));
        this.#coming.push(this.#device.createComputePipelineAsync(descriptor).then((gpu) => { pipeline.gpu = gpu; }, refused));
      }
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

function textOf(shader: Shader, vectors: number, tuning: Tuning): string {
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
${helpersOf(own, tuning)}
${own}
`;
}
