/** @file The names of PyTorch's modules that are no operators: modes, constants, functions with arguments of their own. One row a name. */
import * as core from "@adjoint/core";
import { isTensor, type Tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import { Context, exception, exceptions, PyClass, PyType, PyObject } from "../python/objects.ts";
import { DTypeValue, Float, type Keywords, Label, type Native, Size, Unsupported, type Value } from "../python/values.ts";
import { anyDTypeOf, camel, dtypeOf, lifted, native, options, plain } from "./convert.ts";

/** What Python calls our LinAlgError. */
export const linAlgError: PyClass = new PyClass("_LinAlgError", [exceptions.get("RuntimeError")!]);

type Around = (fn: () => Value) => Value;
/** A function of ours by its name, looked up when it is called: it works from the day it is there. */
export function late(name: string, from: unknown = core): (...args: readonly Value[]) => Value {
  let at: unknown = from;
  for (const key of name.split(".")) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  if (typeof at !== "function") throw new Unsupported(`no operator ${name}`);
  return at as (...args: readonly Value[]) => Value;
}
const mode = (name: string): Native => () => new Context((body) => (late(name) as Around)(body as never));

/** A mode that a call switches at once, and that `with` switches back. */
const switched = (get: () => boolean, set: (on: boolean) => void): Native => ([given], kw) => {
  const on = (given ?? kw["mode"]) !== false, before = get();
  set(on);
  return new Context((body) => {
    set(on);
    try {
      return body();
    } finally {
      set(before);
    }
  }, null, true);
};
const gradSwitch = switched(core.isGradEnabled, core.setGradEnabled), anomalySwitch = switched(core.autograd.isAnomalyEnabled, core.autograd.setDetectAnomaly);

/** Python's nested lists as numbers, and the dtype that PyTorch gives them. */
function nested(data: Value): { readonly values: Value; readonly dtype: core.DType } {
  let kind = 0; // bool, int, float
  const visit = (x: Value): Value => {
    if (typeof x === "string") throw exception("ValueError", `too many dimensions 'str'`);
    if (Array.isArray(x)) {
      const mixed = x.find((y) => Array.isArray(y)) !== undefined && x.some((y) => !Array.isArray(y) && !isTensor(y));
      if (mixed) throw exception("TypeError", "'list' object cannot be interpreted as an integer");
      return (x as readonly Value[]).map(visit);
    }
    if (isTensor(x)) { kind = Math.max(kind, x.dtype === "bool" ? 0 : x.dtype.includes("float") ? 2 : 1); const read = x.device.readSync === undefined ? undefined : x.toArraySync(); if (read === undefined) throw new Unsupported("a tensor of tensors"); return read; }
    kind = Math.max(kind, x instanceof Float ? 2 : typeof x === "boolean" ? 0 : 1);
    if (typeof x === "number" && !(x === (x | 0))) throw new Unsupported("an int64 beyond 32 bits");
    return plain(x);
  };
  const values = visit(data), empty = Array.isArray(values) && values.flat(Infinity).length === 0;
  return { values, dtype: empty || kind === 2 ? "float32" : kind === 1 ? "int32" : "bool" };
}
const tensor: Native = ([data], kw) => {
  const options: core.CreationOptions = { requiresGrad: kw["requires_grad"] === true };
  if (isTensor(data)) {
    const made = data.detach().clone(), to = kw["dtype"] instanceof DTypeValue ? made.to(dtypeOf(kw["dtype"])) : made;
    return options.requiresGrad === true ? to.requiresGrad_() : to;
  }
  const { values, dtype } = nested(data), given = kw["dtype"] instanceof DTypeValue ? dtypeOf(kw["dtype"]) : dtype;
  if (options.requiresGrad === true && !given.includes("float")) throw exception("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients");
  return core.tensor(values as core.TensorData, { ...options, dtype: given });
};

const finfo = (dtype: Value): { readonly [name: string]: Value } => {
  const is64 = dtype instanceof DTypeValue && dtype.own === "float64";
  return is64 ? { eps: new Float(Number.EPSILON), max: new Float(Number.MAX_VALUE), min: new Float(-Number.MAX_VALUE), tiny: new Float(2.2250738585072014e-308), smallest_normal: new Float(2.2250738585072014e-308), resolution: new Float(1e-15), bits: 64 }
    : { eps: new Float(2 ** -23), max: new Float((2 - 2 ** -23) * 2 ** 127), min: new Float(-(2 - 2 ** -23) * 2 ** 127), tiny: new Float(2 ** -126), smallest_normal: new Float(2 ** -126), resolution: new Float(1e-6), bits: 32 };
};
const integerBits: { readonly [name: string]: readonly [min: number, max: number] } = { int32: [-(2 ** 31), 2 ** 31 - 1], int16: [-32768, 32767], int8: [-128, 127], uint8: [0, 255] };
const record = (members: { readonly [name: string]: Value }): PyObject => { const made = new PyObject(infoClass); for (const [name, value] of Object.entries(members)) made.members.set(name, value); return made; };
const infoClass = new PyClass("finfo", []);

/** A function of ours that takes functions: the rest of its arguments in one options object. */
const transform = (name: string): Native => ([fn, ...rest], kw) => lifted(late(name)(plain(fn), ...rest.map(plain), ...(Object.keys(kw).length > 0 ? [options(kw)] : [])));
/** vmap(fn, in_dims, out_dims): None stays, as the dim that is not mapped. */
const dimsOf = (x: Value): Value => (x === null ? null : Array.isArray(x) ? (x as readonly Value[]).map(dimsOf) : x);
export const vmap: Native = ([fn, inDims = 0, outDims = 0], kw) => {
  const given = { inDims: dimsOf("in_dims" in kw ? kw["in_dims"] : inDims), outDims: dimsOf("out_dims" in kw ? kw["out_dims"] : outDims), ...("randomness" in kw ? { randomness: kw["randomness"] } : {}) };
  return lifted(late("func.vmap")(plain(fn), given));
};

export const environment: { readonly [name: string]: Value } = {
  "torch.linalg.LinAlgError": linAlgError,
  "torch.tensor": tensor, "torch.as_tensor": (([data], kw) => (isTensor(data) ? data : tensor([data], kw))) satisfies Native, "torch.scalar_tensor": (([x], kw) => tensor([new Float(Number(plain(x)))], kw)) satisfies Native,
  "torch.full": (([size, value], kw) => {
    const fill = value ?? kw["fill_value"], dtype = kw["dtype"] instanceof DTypeValue ? dtypeOf(kw["dtype"]) : typeof fill === "boolean" ? "bool" : fill instanceof Float ? "float32" : "int32"; // As the Python number says.
    return core.full(plain(size ?? kw["size"]) as number[], plain(fill) as number, { dtype, requiresGrad: kw["requires_grad"] === true });
  }) satisfies Native,
  "torch.no_grad": mode("noGrad"), "torch.enable_grad": mode("enableGrad"), "torch.inference_mode": (([on], kw) => ((on ?? kw["mode"]) === false ? new Context((body) => body()) : mode("inferenceMode")([], {}))) satisfies Native,
  "torch.set_grad_enabled": gradSwitch,
  "torch.autograd.no_grad": mode("noGrad"), "torch.autograd.enable_grad": mode("enableGrad"), "torch.autograd.set_grad_enabled": gradSwitch,
  "torch.autograd.detect_anomaly": mode("autograd.detectAnomaly"), "torch.autograd.set_detect_anomaly": anomalySwitch, "torch.is_anomaly_enabled": (() => core.autograd.isAnomalyEnabled()) satisfies Native,
  "torch.autograd.graph.saved_tensors_hooks": (([pack, unpack]) => new Context((body) => late("autograd.savedTensorsHooks")(plain(pack), plain(unpack), body))) satisfies Native,
  "torch.autograd.graph.save_on_cpu": (() => new Context((body) => core.autograd.saveOnCpu(body as never))) satisfies Native,
  "torch.autograd.graph.disable_saved_tensors_hooks": (([message]) => new Context((body) => core.autograd.disableSavedTensorsHooks(String(message), body as never))) satisfies Native,
  "torch.autograd.function.once_differentiable": (([fn]) => native(core.autograd.onceDifferentiable(plain(fn) as never) as never)) satisfies Native,
  "torch.is_grad_enabled": (() => core.isGradEnabled()) satisfies Native, "torch.is_inference_mode_enabled": (() => late("isInferenceModeEnabled")()) satisfies Native,
  "torch.is_tensor": (([x]) => isTensor(x)) satisfies Native, "torch.is_floating_point": (([x]) => (x as Tensor).dtype.includes("float")) satisfies Native, "torch.numel": (([x]) => (x as Tensor).numel()) satisfies Native,
  "torch.manual_seed": (([seed]) => { core.manualSeed(Number(seed)); return null; }) satisfies Native,
  "torch.get_default_dtype": (() => new DTypeValue("float32")) satisfies Native,
  "torch.set_default_dtype": (([dtype]) => { if (dtype instanceof DTypeValue && !dtype.own.includes("float")) throw exception("TypeError", "only floating-point types are supported as the default type"); throw new Unsupported("another default dtype"); }) satisfies Native,
  "torch.set_printoptions": ((_, kw) => { setPrinting(kw); return null; }) satisfies Native,
  "torch.finfo": (([dtype]) => record(finfo(dtype))) satisfies Native,
  "torch.iinfo": (([dtype]) => { const name = dtype instanceof DTypeValue ? dtype.name : ""; const range = name === "int64" || name === "long" ? undefined : integerBits[dtype instanceof DTypeValue ? dtype.own : ""]; if (range === undefined) throw new Unsupported(`iinfo of ${name}`); return record({ min: range[0], max: range[1], bits: Math.log2(range[1] - range[0] + 1) }); }) satisfies Native,
  "torch.device": (([name]) => new Label("device", String(name))) satisfies Native, "torch.Size": (([items]) => Size.make((items as readonly Value[] | undefined) ?? [])) satisfies Native,
  "torch.utils.data.Dataset": new PyClass("Dataset", []), "torch.utils.data.Sampler": new PyClass("Sampler", []), "torch.utils.data.IterableDataset": new PyClass("IterableDataset", []),
  "torch.inf": new Float(Infinity), "torch.nan": new Float(NaN), "torch.pi": new Float(Math.PI), "torch.e": new Float(Math.E), "torch.strided": new Label("layout", "strided"), "torch.contiguous_format": new Label("memory_format", "contiguous_format"),
  "torch.preserve_format": new Label("memory_format", "preserve_format"), "torch.channels_last": new Label("memory_format", "channels_last"), "torch.channels_last_3d": new Label("memory_format", "channels_last_3d"), "torch.__version__": "1.13.1",
  "torch.promote_types": (([a, b]) => new DTypeValue(late("promoteTypes")(anyDTypeOf(a as DTypeValue), anyDTypeOf(b as DTypeValue)) as string)) satisfies Native,
  "torch.can_cast": (([a, b]) => late("canCast")(anyDTypeOf(a as DTypeValue), anyDTypeOf(b as DTypeValue))) satisfies Native,
  "torch.result_type": (([a, b]) => new DTypeValue(core.resultType([plain(a) as core.Operand | core.ComplexOperand, plain(b) as core.Operand]))) satisfies Native,
  "torch.nn.Parameter": new PyType("Parameter", ([x, on], kw) => nn.parameter(x as Tensor, { requiresGrad: (on ?? kw["requires_grad"]) !== false } as never), nn.isParameter),
  "torch.autograd.grad": (([outputs, inputs, gradOutputs], kw) => lifted(core.autograd.grad(plain(outputs) as Tensor, plain(inputs) as Tensor, options(gradOutputs === undefined || gradOutputs === null ? kw : { grad_outputs: gradOutputs, ...kw }) as core.autograd.GradOptions))) satisfies Native,
  "torch.autograd.backward": (([tensors, gradients], kw) => lifted(late("autograd.backward")(plain(tensors), plain(gradients ?? kw["grad_tensors"] ?? null), options(Object.fromEntries(Object.entries(kw).filter(([name]) => name !== "grad_tensors")))))) satisfies Native,
  "torch.utils.checkpoint.checkpoint": (([fn, ...args], kw) => lifted(core.checkpointed(plain(fn) as (...given: readonly unknown[]) => unknown, options(rest(kw)))(...args.map(plain)))) satisfies Native,
  "torch.broadcast_shapes": ((shapes) => Size.make(late("broadcastShapes")(...shapes.map(plain)) as readonly number[])) satisfies Native,
  ...Object.fromEntries(["gradcheck", "gradgradcheck"].map((name) => [`torch.autograd.${name}`, (([fn, inputs], kw) => lifted(late(`autograd.${name}`)(plain(fn), isTensor(inputs) ? [inputs] : plain(inputs), options(kw)))) satisfies Native])),
  ...Object.fromEntries(["jacobian", "hessian", "vjp", "jvp", "hvp", "vhp"].map((name) => [`torch.autograd.functional.${name}`, transform(`autograd.functional.${name}`)])),
  ...Object.fromEntries(["grad", "grad_and_value", "vjp", "jvp", "jacrev", "jacfwd", "hessian"].flatMap((name) => ["torch.func", "functorch"].map((from) => [`${from}.${name}`, transform(`func.${camel(name)}`)]))),
  "torch.func.vmap": vmap, "functorch.vmap": vmap, "torch.vmap": vmap,
};
const rest = (kw: Keywords): Keywords => Object.fromEntries(Object.entries(kw).filter(([name]) => name !== "use_reentrant"));

/** PyTorch's options of printing that ours write differently. */
const printing: { readonly [name: string]: string } = { linewidth: "lineWidth", edgeitems: "edgeItems" };
export function setPrinting(kw: Keywords): void {
  core.setPrintOptions(Object.fromEntries(Object.entries(options(kw)).map(([name, x]) => [printing[name] ?? name, x])));
}
