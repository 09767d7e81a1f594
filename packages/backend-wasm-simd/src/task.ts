/** @file Waiting for a new task of the host's event loop, so that finalizers can run. A microtask is not enough. */

/** Resolves in a new task: without the delay of timers where the host has a faster way. */
export function nextTask(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
