/** @file The suite tested: it tells a right backend from wrong ones, and drops expectations that nobody needs. */
import type { Backend, Buffer, Kernels } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { type Case, counted, kernelSuite, memorySuite, referenceBackend, type Report, runCases } from "../src/index.ts";

const cases = kernelSuite();
const named = (pattern: RegExp): typeof cases => cases.filter((item) => item.name.search(pattern) >= 0);
const failures = (reports: readonly Report[]): string[] => reports.filter((x) => x.outcome.status === "failed").map((x) => x.case);
const errorOf = ({ outcome }: Report): string => (outcome.status === "failed" ? outcome.error.message : outcome.status);

/** The reference backend with something wrong in it. */
const broken = (change: (right: Backend) => Partial<Backend>) => (): Backend => {
  const right: Backend = referenceBackend();
  return { ...right, ...change(right) };
};
/** The reference backend whose kernels are wrong. */
const wrongKernels = (change: (right: Kernels) => Partial<Kernels>): (() => Backend) =>
  broken((right) => ({ kernels: { ...right.kernels, ...change(right.kernels) } }));

const valuesOf = (buffer: Buffer): Float32Array => (buffer as { values: Float32Array }).values;

const variations: readonly { readonly what: string; readonly create: () => Backend; readonly fails: RegExp; readonly passes?: RegExp }[] = [
  {
    what: "max that ignores NaN",
    create: wrongKernels(({ reduce }) => ({
      reduce(inputs, outputs, attrs) {
        reduce(inputs, outputs, attrs);
        if (attrs.op === "max") valuesOf(outputs[0]!.buffer).forEach((x, i, all) => (all[i] = x !== x ? 0 : x));
      },
    })),
    fails: /^reduce max of NaN and infinities$/, passes: /^reduce (min of NaN and infinities|max float32)$/,
  },
  {
    what: "a kernel that writes one element beside its output",
    create: wrongKernels(({ copy }) => ({
      copy(inputs, outputs, attrs) {
        copy(inputs, outputs, attrs);
        const { buffer, offset, size } = outputs[0]!;
        if (offset === 5) valuesOf(buffer)[offset + size] = 0;
      },
    })),
    fails: /^copy \w+ float32$/, passes: /^memory of float32/,
  },
  {
    what: "strides taken for dense ones",
    create: wrongKernels(({ map }) => ({
      map: (inputs, outputs, attrs) => map(inputs.map((x) => ({ ...x, strides: x.strides.map((s) => Math.abs(s)) })), outputs, attrs),
    })),
    fails: /^map layout (reversed|steppedBack) to dense$/, passes: /^map layout (dense|stepped|overlapping) to dense$/,
  },
  {
    what: "exp off by 8 units in the last place",
    create: wrongKernels(({ map }) => ({
      map(inputs, outputs, attrs) {
        map(inputs, outputs, attrs);
        if (attrs.program.name === "exp") valuesOf(outputs[0]!.buffer).forEach((x, i, all) => (all[i] = x * (1 + 2 ** -20)));
      },
    })),
    fails: /^map exp float32: edge values$/, passes: /^map log float32: edge values$/,
  },
  {
    what: "a convolution that forgets its dilation",
    create: wrongKernels(({ conv }) => ({ conv: (inputs, outputs, attrs) => conv(inputs, outputs, { ...attrs, dilation: [1, 1, 1] }) })),
    fails: /^conv float32 (dilated|of volumes)$/, passes: /^conv float32 (plain|padded|spread)$/,
  },
  {
    what: "sums added one by one",
    create: wrongKernels(({ reduce }) => ({
      reduce(inputs, outputs, attrs) {
        const [input] = inputs, [output] = outputs;
        if (attrs.op !== "sum" || attrs.program.name !== "identity" || input!.dtype !== "float32" || output!.size !== 1) return reduce(inputs, outputs, attrs);
        valuesOf(output!.buffer)[output!.offset] = valuesOf(input!.buffer).subarray(input!.offset, input!.offset + input!.size).reduce((x, y) => Math.fround(x + y), 0);
      },
    })),
    fails: /^reduce sum of many equal float32/,
  },
  {
    what: "reads that see later writes",
    create: broken((right) => ({ read: async (buffer, from, count) => { await right.sync(); return right.readSync!(buffer, from, count); } })),
    fails: /^memory: a read sees the values of when it was started$/, passes: /^memory: read and sync resolve in a new task$/,
  },
  {
    what: "reads that resolve within the task",
    create: broken((right) => ({ read: async (buffer, from, count) => right.readSync!(buffer, from, count) })),
    fails: /^memory: read and sync resolve in a new task$/, passes: /^memory: a read sees/,
  },
  {
    what: "an index out of range that is clamped",
    create: wrongKernels(({ gather }) => ({
      gather: (inputs, outputs, attrs) => {
        valuesOf(inputs[1]!.buffer).forEach((x, i, all) => (all[i] = Math.min(Math.max(x, 0), inputs[0]!.shape[attrs.dim]! - 1)));
        gather(inputs, outputs, attrs);
      },
    })),
    fails: /^gather of index (3|-1) is an IndexError$/,
  },
];

describe("a wrong backend fails", () => {
  test.each(variations)("$what", async ({ create, fails, passes }) => {
    expect(named(fails).length).toBeGreaterThan(0);
    const unaffected = passes === undefined ? [] : named(passes);
    const failed = failures(await runCases(create, [...named(fails), ...unaffected]));
    expect(failed).toEqual(named(fails).map((item) => item.name));
  });
});

describe("expectations", () => {
  const create = variations[0]!.create, item = named(/^reduce max of NaN/), reason = "this device's max drops NaN";
  test("an expected failure is no failure", async () => {
    expect(await runCases(create, item, [{ case: "reduce max of NaN and infinities", reason }])).toEqual([{ case: item[0]!.name, outcome: { status: "expected", reason } }]);
    expect(failures(await runCases(create, item, [{ case: /^reduce max/, reason }]))).toEqual([]);
  });
  test("a device goes on after one that leaves nothing behind, and after no other failure", async () => {
    const leaves = (name: string, length: number): Case => ({
      name, needs: [],
      run({ backend }) {
        if (length > 0) backend.allocate("float32", length);
        throw new Error("refused");
      },
    });
    const refused = [leaves("refuses", 0), leaves("refuses again", 0), leaves("leaks and refuses", 1), leaves("is not expected", 0), leaves("refuses at last", 0)];
    let devices = 0;
    const reports = await runCases(() => { devices++; return referenceBackend(); }, refused, [{ case: /refuses/, reason: "to see" }]);
    expect(reports.map(({ outcome }) => outcome.status)).toEqual(["expected", "expected", "expected", "failed", "expected"]);
    expect(devices).toBe(3);
  });
  test("one that is not needed fails the suite", async () => {
    const [report] = await runCases(referenceBackend, item, [{ case: /NaN/, reason }]);
    expect(errorOf(report!)).toBe("reduce max of NaN and infinities passes: the expectation is no longer needed (this device's max drops NaN)");
  });
  test("one that names no case fails the suite", async () => {
    const reports = await runCases(referenceBackend, item, [{ case: "reduce maxx", reason }]);
    expect(errorOf(reports[1]!)).toBe("no case is called reduce maxx: remove the expectation");
  });
});

describe("cases", () => {
  test("have distinct names", () => expect(new Set(cases.map((item) => item.name)).size).toBe(cases.length));
  test("of dtypes that a backend lacks are skipped, with the reason", async () => {
    const create = broken(() => ({ dtypes: new Set(["float32" as const]) }));
    const reports = await runCases(create, named(/^map add (float32|int32)/));
    expect(reports.map((x) => x.outcome.status)).toEqual(["passed", "skipped", "skipped"]);
    expect(reports[1]!.outcome).toEqual({ status: "skipped", reason: "reference does not compute in int32" });
  });
  test("that leave a buffer behind fail", async () => {
    const leaking = { name: "leaks", needs: [], run: (device: Parameters<(typeof cases)[number]["run"]>[0]) => void device.backend.allocate("float32", 3) };
    expect(errorOf((await runCases(referenceBackend, [leaking]))[0]!)).toBe("leaks: 1 buffers (12 bytes) were not freed");
  });
});

test("a device that keeps what it says it gives back is told so", async () => {
  const keeping = broken(() => ({ reservedBytes: 2 ** 24, emptyCache() {} })), what = memorySuite(1).filter(({ name }) => name.includes("given back"));
  expect((await runCases(keeping, what)).map(errorOf)).toEqual(["16777216 bytes were reserved, then 16777216; 16 are live"]);
});

describe("counted", () => {
  test("counts live buffers, their bytes, and kernel calls", () => {
    const device = counted(referenceBackend()), buffer = device.allocate("float32", 5);
    expect(device.live()).toEqual({ buffers: 1, bytes: 20 });
    device.free(buffer);
    expect(device.live()).toEqual({ buffers: 0, bytes: 0 });
    expect(device.calls.map).toBe(0);
  });
  test("refuses a buffer that was freed", () => {
    const device = counted(referenceBackend()), buffer = device.allocate("float32", 5);
    device.free(buffer);
    expect(() => device.free(buffer)).toThrow("free of a buffer that was freed");
    expect(() => device.write(buffer, 0, new Float32Array(1))).toThrow("write of a buffer that was freed");
  });
});
