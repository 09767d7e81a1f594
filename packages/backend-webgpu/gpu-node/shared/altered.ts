/** @file Objects of WebGPU with some members of a test's own. */

/** The object itself, but for these members. Its methods run on the object, which is all that hosts accept. */
export const altered = <T extends object>(target: T, changes: Partial<T>): T => new Proxy(target, {
  get(_, name) {
    const change = changes[name as keyof T];
    if (change !== undefined) return change;
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

export type TightLimits = {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxComputeWorkgroupsPerDimension: number;
};

/** A device that has, and enforces, limits lower than WebGPU's lowest. */
export function tight(gpu: GPUDevice, limits: TightLimits): GPUDevice {
  const obey = (what: keyof TightLimits, asked: number): void => {
    if (asked > limits[what]) throw new Error(`${what}: ${asked} is over ${limits[what]}`);
  };
  return altered(gpu, {
    limits: altered(gpu.limits, limits),
    createBuffer(told) {
      obey("maxBufferSize", told.size);
      return gpu.createBuffer(told);
    },
    createBindGroupLayout(told) {
      obey("maxStorageBuffersPerShaderStage", [...told.entries].filter(({ buffer }) => buffer?.type !== "uniform").length);
      return gpu.createBindGroupLayout(told);
    },
    createBindGroup(told) {
      for (const { resource } of told.entries)
        if ("buffer" in resource) obey("maxStorageBufferBindingSize", resource.size ?? resource.buffer.size - (resource.offset ?? 0));
      return gpu.createBindGroup(told);
    },
    createCommandEncoder() {
      const encoder = gpu.createCommandEncoder();
      return altered(encoder, {
        beginComputePass() {
          const pass = encoder.beginComputePass();
          return altered(pass, {
            dispatchWorkgroups(x, y = 1, z = 1) {
              for (const count of [x, y, z]) obey("maxComputeWorkgroupsPerDimension", count);
              pass.dispatchWorkgroups(x, y, z);
            },
          });
        },
      });
    },
  });
}
