/** @file Set-up of the suite in Node where `ADJOINT_TUNING` is given: for which kind of adapter kernels are chosen, wherever a test does not say so itself. */
import { vi } from "vitest";

vi.mock(import("../../src/index.ts"), async (original) => {
  const real = await original(), asked = process.env["ADJOINT_TUNING"], tuning = asked === "workgroup" || asked === "registers" ? { tuning: asked } as const : {};
  return { ...real, webgpu: (options) => real.webgpu({ ...tuning, ...options }) };
});
