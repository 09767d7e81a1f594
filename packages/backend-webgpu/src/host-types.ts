/** @file WebGPU's types where a project has them (TypeScript's lib "dom" from version 6 on, or `@webgpu/types`), else any object: so that the declarations of this package compile everywhere. */
type Instance<Name extends string> = typeof globalThis extends { readonly [N in Name]: { readonly prototype: infer T } } ? T : object;

export type HostGPU = Instance<"GPU">;
export type HostGPUDevice = Instance<"GPUDevice">;
export type HostGPUBuffer = Instance<"GPUBuffer">;
