/** @file Anomaly mode: each node remembers the line that made it, and an error or a NaN in backward names both. */
import { item, itemSync } from "../api/reading.ts";
import { any } from "../composites/reductions.ts";
import { isnan } from "../elementwise/arithmetic.ts";
import { isFloat } from "../dtype.ts";
import { AutogradError } from "../errors.ts";
import { refusePromise } from "../scope.ts";
import { type Node, nodeObserver, noGrad, type Observer, observeNodes } from "../tape.ts";
import type { Tensor } from "../tensor.ts";
import { here, linesOf } from "../stack-lines.ts";
import { warn } from "../warning.ts";

export type AnomalyOptions = {
  /** Look for NaN in each gradient. Default: true. On a device that reads asynchronously `checkAnomalies` says what was found. */
  readonly checkNan?: boolean;
};

/** A NaN in backward. Its stack goes on with that of the forward call. */
export class AnomalyError extends AutogradError {
  override readonly name: string = "AnomalyError";
  /** The node that made it: "MulBackward0". */
  readonly node: string;
  /** Where in forward the node was made. */
  readonly forwardStack: string;
  constructor(message: string, node: string, forwardStack: string) {
    super(message);
    this.node = node;
    this.forwardStack = forwardStack;
  }
}

/** Where a node was made; the stack is written down only when somebody asks. */
type Trace = { readonly at: Error; readonly within: Node | null };
const traces = /*@__PURE__*/ new WeakMap<Node, Trace>();
/** The node whose derivative is running. */
let running: Node | null = null;

/** The forward call of a node and, of the node of a derivative, those that led to it. */
function forwardStack(node: Node): string {
  let text = "";
  for (let at: Node | null = node; at !== null; at = traces.get(at)?.within ?? null) {
    const trace = traces.get(at);
    if (at !== node) text += `\n\nPrevious calculation was induced by ${at.qualifiedName}. Traceback of forward call that induced the previous calculation:\n`;
    text += trace === undefined ? "(made without anomaly detection)" : linesOf(trace.at).join("\n");
  }
  return text;
}

const explain = (node: Node): string =>
  traces.has(node)
    ? `Error detected in ${node.qualifiedName}. Traceback of forward call that caused the error:\n${forwardStack(node)}\n`
    : `Error detected in ${node.qualifiedName}. No forward pass information available. Enable detect anomaly during forward pass for more information.`;

/** Errors that have been explained, so that walks within walks explain them once. */
const explained = /*@__PURE__*/ new WeakSet<object>();

/** The checks whose values have not arrived, or that found something. */
const pending = /*@__PURE__*/ new Set<Promise<AnomalyError | null>>();

function checkNan(node: Node, grads: readonly (Tensor | undefined)[]): void {
  grads.forEach((grad, i) => {
    if (grad === undefined || !isFloat(grad.dtype) || grad.window.size === 0) return;
    const flag = noGrad(() => any(isnan(grad)));
    const anomaly = (): AnomalyError => new AnomalyError(`Function '${node.qualifiedName}' returned nan values in its ${i}th output.`, node.qualifiedName, forwardStack(node));
    if (grad.device.readSync !== undefined) {
      if (itemSync(flag) !== 0) throw anomaly();
    } else {
      const check: Promise<AnomalyError | null> = item(flag).then((found) => {
        if (found !== 0) return anomaly();
        pending.delete(check);
        return null;
      });
      pending.add(check);
    }
  });
}

/**
 * Waits for the checks of devices that read asynchronously, and rejects with the first NaN that backward made there.
 * @returns a promise of nothing
 * @throws AnomalyError for a NaN: it names the node, and the line that made it
 */
export async function checkAnomalies(): Promise<void> {
  const checks = [...pending];
  pending.clear();
  const found = await Promise.all(checks);
  const first = found.find((anomaly) => anomaly !== null);
  if (first !== undefined) throw first;
}

const observerFor = ({ checkNan: check = true }: AnomalyOptions): Observer => ({
  recorded(node) {
    if (node.leaf === null) traces.set(node, { at: here(), within: running });
  },
  around(node, run) {
    const outer = running;
    running = node;
    try {
      run();
    } catch (error) {
      if (error instanceof Error && !explained.has(error)) {
        explained.add(error);
        const text = explain(node);
        warn(text);
        error.stack = `${error.stack ?? error.message}\n${text}`;
      }
      throw error;
    } finally {
      running = outer;
    }
  },
  gave(node, grads) {
    if (check) checkNan(node, grads);
  },
});

/**
 * Runs a synchronous function, forward and backward, in anomaly mode: an error in backward, or a NaN that it makes, names the node and the line of the
 * forward call that made the node. Slow; for looking for mistakes. PyTorch's `detect_anomaly`.
 * @param run the function
 * @returns what it returns
 * @throws AnomalyError for a NaN in backward
 * @throws ArgumentError for a function that returns a promise: the mode is off again when it goes on
 * @example `detectAnomaly(() => model.forward(x).sum().backward())`
 */
export function detectAnomaly<R>(run: () => R, options: AnomalyOptions = {}): R {
  warn("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.");
  const before = observeNodes(observerFor(options));
  try {
    return refusePromise("detectAnomaly", run());
  } finally {
    observeNodes(before);
  }
}

/**
 * Turns anomaly mode on or off, for good. PyTorch's `set_detect_anomaly`.
 * @param mode on or off
 * @returns nothing
 */
export function setDetectAnomaly(mode: boolean, options: AnomalyOptions = {}): void {
  observeNodes(mode ? observerFor(options) : null);
}
/**
 * Whether anomalies are looked for.
 * @returns true or false
 */
export const isAnomalyEnabled = (): boolean => nodeObserver() !== null;
