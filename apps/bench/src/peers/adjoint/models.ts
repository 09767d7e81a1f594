/** @file The networks of the workloads, as a user of the library writes them. */
import { type Backend, maxPool2d, nn, relu, scaledDotProductAttention, type Tensor } from "adjoint";
import { block, epsilon } from "../../workloads.ts";

export class Block extends nn.Module {
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

export const mlp = (device: Backend): nn.Sequential =>
  new nn.Sequential(new nn.Linear(784, 512, { device }), new nn.ReLU(), new nn.Linear(512, 256, { device }), new nn.ReLU(), new nn.Linear(256, 10, { device }));

/** Takes images with the channels last, [n, 28, 28, 1], and its last matrix counts the features so: the workload's numbers are laid out for that. */
export class Cnn extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly conv2: nn.Conv2d;
  readonly out: nn.Linear;
  constructor(device: Backend) {
    super();
    this.conv1 = new nn.Conv2d(1, 16, 3, { padding: 1, device });
    this.conv2 = new nn.Conv2d(16, 32, 3, { padding: 1, device });
    this.out = new nn.Linear(7 * 7 * 32, 10, { device });
  }
  override forward(x: Tensor): Tensor {
    const one = maxPool2d(relu(this.conv1.forward(x.permute([0, 3, 1, 2]))), 2), two = maxPool2d(relu(this.conv2.forward(one)), 2);
    return this.out.forward(two.permute([0, 2, 3, 1]).flatten(1));
  }
}
