/** @file Adjoint on one of its backends. */
import { type Backend, scope, tensor } from "adjoint";
import { type Absent, opened, type Peer, type Sent, timed } from "../../peer.ts";
import { programs } from "./programs.ts";

export type DeviceName = "cpu" | "wasm" | "webgpu";
export const deviceNames: readonly DeviceName[] = ["cpu", "wasm", "webgpu"];

const openers: { readonly [N in DeviceName]: (threads: number) => Promise<{ readonly device: Backend; readonly note: string }> } = {
  async cpu() {
    const { cpu } = await import("@adjoint/backend-cpu-js");
    return { device: cpu(), note: "plain JavaScript" };
  },
  async wasm(threads) {
    const { wasm } = await import("@adjoint/backend-wasm-simd");
    return { device: await wasm({ threads }), note: `WebAssembly SIMD${threads > 1 ? `, ${threads} threads` : ""}` };
  },
  async webgpu() {
    const { webgpu, adapterInfo } = await import("@adjoint/backend-webgpu");
    const device = await webgpu();
    const { vendor, architecture, isSoftware } = adapterInfo(device);
    return { device, note: `WebGPU: ${vendor} ${architecture}${isSoftware ? ", a software adapter: compare with nothing else" : ""}` };
  },
};

/** Opens Adjoint on a device. @param threads of wasm */
export const adjoint = (name: DeviceName, threads: number = 1): Promise<Peer | Absent> =>
  opened(`adjoint ${name}${threads > 1 ? ` ${threads}t` : ""}`, async () => {
    const { device, note } = await openers[name](threads);
    const known = programs(device);
    return {
      note,
      async enter() {},
      async prepare(kind, inputs) {
        const program = known[kind];
        if (typeof program === "string") return program;
        const whole = scope(kind);
        const compute = whole.run(() => program(inputs.map(({ data, shape }) => tensor(data, { device, shape }))));
        let sent: Sent | undefined;
        return {
          run: timed(async () => {
            const { dispatches = 0, submits = 0 } = device.counters ?? {}, s = scope("run");
            s.run(compute);
            s.close();
            await device.sync();
            if (device.counters !== undefined) sent = { dispatches: device.counters.dispatches - dispatches, submits: device.counters.submits - submits };
          }),
          sent: () => sent,
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
