/** @file Picks the fastest backend that is installed and works here. */
import { ArgumentError, type Backend, setDefaultDevice } from "@adjoint/core";
import { plainDevice } from "./default-device.ts";

/** What this file asks of the optional packages; a package that lacks it is passed over with a reason. */
type WebGpuPackage = { readonly webgpu?: () => Promise<Backend> | Backend; readonly adapterInfo?: (device: never) => { readonly isSoftware: boolean } };
type WasmPackage = { readonly wasm?: () => Promise<Backend> | Backend };

export type BackendName = "webgpu" | "wasm" | "cpu";
/** A backend that was looked at and not taken. */
export type Passed = { readonly name: string; readonly reason: string };
export type InitOptions = {
  /** In which order to try; what is not named is not tried, except "cpu", which is always the last resort. */
  readonly prefer?: readonly string[];
};
export type InitResult = {
  /** The backend, which is the default device now. */
  readonly device: Backend;
  readonly name: BackendName;
  /** What was passed over, and why. */
  readonly tried: readonly Passed[];
  /** The name, and what was passed over: "wasm (webgpu: no adapter ...)". */
  toString(): string;
};

/** A reason to pass a backend over. */
class Unsuitable extends Error {}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
/** That an optional package is missing is a reason, not a failure. The texts are those of Node, browsers and bundlers. */
const missing = (name: string) => (error: unknown): never => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND" || /cannot find (module|package)|(failed to|could not) resolve|module specifier/i.test(message(error)))
    throw new Unsuitable(`not installed: npm install ${name}`);
  throw error;
};

// The imports are literal, so that bundlers see them and make chunks of them; esbuild takes `.catch` as leave to go on without the package.
const open: { readonly [N in BackendName]: () => Promise<Backend> } = {
  async webgpu() {
    const { webgpu, adapterInfo }: WebGpuPackage = await import("@adjoint/backend-webgpu").catch(missing("@adjoint/backend-webgpu"));
    if (webgpu === undefined) throw new Unsuitable("this version of @adjoint/backend-webgpu has no webgpu()");
    const device = await webgpu();
    if (adapterInfo?.(device as never).isSoftware !== true) return device;
    device.dispose();
    throw new Unsuitable("software adapter: slower than wasm; call webgpu() yourself to use it");
  },
  async wasm() {
    const { wasm }: WasmPackage = await import("@adjoint/backend-wasm-simd").catch(missing("@adjoint/backend-wasm-simd"));
    if (wasm === undefined) throw new Unsuitable("this version of @adjoint/backend-wasm-simd has no wasm()");
    return await wasm();
  },
  cpu: () => Promise.resolve(plainDevice()),
};
const isName = (name: string): name is BackendName => Object.hasOwn(open, name);

/**
 * Opens the first of webgpu, wasm and cpu that is installed and works, and makes it the default device.
 * Tensors that exist stay where they are. A GPU that is only simulated in software is passed over.
 * @example `console.log(String(await init()))  // wasm (webgpu: not installed: npm install @adjoint/backend-webgpu)`
 */
export async function init(options: InitOptions = {}): Promise<InitResult> {
  const order = options.prefer ?? ["webgpu", "wasm"];
  const unknown = order.find((name) => !isName(name));
  if (unknown !== undefined) throw new ArgumentError(`init: unknown backend '${unknown}'; expected some of ${Object.keys(open).join(", ")}. Any other backend: setDefaultDevice(backend)`);
  const tried: Passed[] = [];
  for (const name of [...order, "cpu"].filter(isName)) {
    try {
      const device = await open[name]();
      setDefaultDevice(device);
      return { device, name, tried, toString: () => (tried.length === 0 ? name : `${name} (${tried.map((t) => `${t.name}: ${t.reason}`).join("; ")})`) };
    } catch (error) {
      if (name === "cpu") throw error;
      tried.push({ name, reason: message(error).replace(`${name}: `, "") });
    }
  }
  throw new ArgumentError("init: no backend"); // "cpu" is always in the list
}
