/** @file Adjoint on one of its backends. */
import { type Backend, conv2d, grad, nn, noGrad, ones, relu, scaledDotProductAttention, scope, setRequiresGrad, tensor, type Tensor } from "adjoint";
import { type Absent, opened, type Peer, type Programs } from "../peer.ts";
import { additions, block, epsilon, graphs } from "../workloads.ts";

export type DeviceName = "cpu" | "wasm" | "webgpu";
export const deviceNames: readonly DeviceName[] = ["cpu", "wasm", "webgpu"];

const openers: { readonly [N in DeviceName]: () => Promise<{ readonly device: Backend; readonly note: string }> } = {
  async cpu() {
    const { cpu } = await import("@adjoint/backend-cpu-js");
    return { device: cpu(), note: "plain JavaScript" };
  },
  async wasm() {
    const { wasm } = await import("@adjoint/backend-wasm-simd");
    return { device: await wasm(), note: "WebAssembly SIMD" };
  },
  async webgpu() {
    const { webgpu, adapterInfo } = await import("@adjoint/backend-webgpu");
    const device = await webgpu();
    const { vendor, architecture, isSoftware } = adapterInfo(device);
    return { device, note: `WebGPU: ${vendor} ${architecture}${isSoftware ? ", a software adapter: compare with nothing else" : ""}` };
  },
};

class Block extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly qkv: nn.Linear;
  readonly out: nn.Linear;
  readonly norm2: nn.LayerNorm;
  readonly up: nn.Linear;
  readonly down: nn.Linear;
  constructor(device: Backend) {
    super();
    const { width } = block;
    this.norm1 = new nn.LayerNorm(width, { device, eps: epsilon });
    this.qkv = new nn.Linear(width, 3 * width, { device });
    this.out = new nn.Linear(width, width, { device });
    this.norm2 = new nn.LayerNorm(width, { device, eps: epsilon });
    this.up = new nn.Linear(width, 4 * width, { device });
    this.down = new nn.Linear(4 * width, width, { device });
  }
  override forward(x: Tensor): Tensor {
    const { batch, time, width, heads } = block;
    const [q, k, v] = this.qkv.forward(this.norm1.forward(x)).chunk(3, 1).map((part) => part.reshape([batch, time, heads, width / heads]).transpose(1, 2)) as [Tensor, Tensor, Tensor];
    const mixed = scaledDotProductAttention(q, k, v).transpose(1, 2).reshape([batch * time, width]);
    const attended = x.add(this.out.forward(mixed));
    return attended.add(this.down.forward(relu(this.up.forward(this.norm2.forward(attended)))));
  }
}

/** nn.Linear keeps its matrix as [out, in]. */
const turned = (x: Tensor): Tensor => (x.shape.length === 2 ? x.t() : x);

const add = (x: Tensor): Tensor => {
  let y = x;
  for (let i = 0; i < additions; i++) y = y.add(x);
  return y;
};

const programs = (device: Backend): Programs<Tensor> => ({
  adds: ([x]) => () => [add(x!)],
  addsRecorded([x]) {
    setRequiresGrad(x!, true);
    return () => [add(x!)];
  },
  tiny: () => () => {
    const graph = (): readonly Tensor[] => {
      const x = ones([2, 2], { device, requiresGrad: true });
      const loss = x.add(2).pow(2).mul(3).mean();
      loss.backward();
      return [loss, x.grad!];
    };
    for (let i = 1; i < graphs; i++) {
      const s = scope("graph");
      s.run(graph);
      s.close();
    }
    return graph();
  },
  matmul: ([x, y]) => () => [x!.matmul(y!)],
  conv([x, w]) {
    const image = x!.permute([0, 3, 1, 2]).contiguous(), filter = w!.permute([3, 2, 0, 1]).contiguous();
    return () => [conv2d(image, filter, { padding: 1 }).permute([0, 2, 3, 1])];
  },
  convStep([x, w]) {
    const image = x!.permute([0, 3, 1, 2]).contiguous(), filter = w!.permute([3, 2, 0, 1]).contiguous();
    for (const leaf of [image, filter]) setRequiresGrad(leaf, true);
    return () => {
      const value = conv2d(image, filter, { padding: 1 }).square().mean(), [gx, gw] = grad(value, [image, filter]) as [Tensor, Tensor];
      return [value, gx.permute([0, 2, 3, 1]), gw.permute([2, 3, 1, 0])];
    };
  },
  softmax: ([x]) => () => [x!.softmax(-1)],
  transformer([x, ...given]) {
    const model = new Block(device);
    const parameters = model.parameters();
    noGrad(() => parameters.forEach((parameter, i) => parameter.copy_(turned(given[i]!))));
    setRequiresGrad(x!, true);
    return () => {
      model.zeroGrad();
      x!.grad = null;
      const loss = model.forward(x!).square().mean();
      loss.backward();
      return [loss, x!.grad!, ...parameters.map((parameter) => turned(parameter.grad!))];
    };
  },
});

/** Opens Adjoint on a device. */
export const adjoint = (name: DeviceName): Promise<Peer | Absent> =>
  opened(`adjoint ${name}`, async () => {
    const { device, note } = await openers[name]();
    const known = programs(device);
    return {
      note,
      async enter() {},
      async prepare(kind, inputs) {
        const program = known[kind];
        if (typeof program === "string") return program;
        const whole = scope(kind);
        const compute = whole.run(() => program(inputs.map(({ data, shape }) => tensor(data, { device, shape }))));
        return {
          async run() {
            const s = scope("run");
            s.run(compute);
            s.close();
            await device.sync();
          },
          async results() {
            const s = scope("results");
            const all = await Promise.all(s.run(compute).map((x) => x.data()));
            s.close();
            return all;
          },
          close: () => whole.close(),
        };
      },
    };
  });
