/** @file A printed module, optimizer or value is made anew from its text, and prints the same. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { beforeAll, expect, test } from "vitest";
import { runNow } from "../goldens/python/steps.ts";
import { repr } from "../goldens/python/text.ts";
import { objectOf } from "../goldens/run/printed.ts";
import { python } from "../goldens/torch/host.ts";

beforeAll(() => setDefaultDevice(cpu()));

test.each([
  "Linear(in_features=2, out_features=5, bias=False)",
  "LazyLinear(in_features=0, out_features=4, bias=True)",
  "Conv1d(4, 6, kernel_size=(3,), stride=(1,), padding=same, groups=2)",
  "Sequential(\n  (first): Linear(in_features=2, out_features=3, bias=True)\n  (second): Sequential(\n    (0): GELU(approximate='tanh')\n    (1): Dropout(p=0.25, inplace=True)\n  )\n)",
  "ModuleDict(\n  (a): ReLU()\n  (b): LayerNorm((3, 4), eps=0.001, elementwise_affine=False)\n)",
  "RMSprop (\nParameter Group 0\n    alpha: 0.9\n    centered: True\n    differentiable: False\n    eps: 1e-06\n    foreach: None\n    lr: 0.05\n    maximize: False\n    momentum: 0.5\n    weight_decay: 0\n)",
  "torch.Size([7, 1])", "torch.float32", "device(type='cpu')", "[tensor([True]), None, 1.5, 'a', (2,)]", "{'k': tensor(2.)}",
  "torch.return_types.max(\nvalues=tensor([1., 2.]),\nindices=tensor([0., 1.]))",
  "Parameter containing:\ntensor([[ 1.5000, -2.0000]], requires_grad=True)",
])("%s", (text) => {
  let got = "";
  try {
    got = String(runNow(repr(objectOf(text), python)));
  } catch (error) {
    got = (error as Error).message;
  }
  expect(got).toBe(text);
});
