/** @file What something throws. */

/** The error that `run` must end in. */
export function ruins<E extends Error = Error>(run: () => unknown): E {
  try {
    run();
  } catch (error) {
    return error as E;
  }
  throw new Error("no error was thrown");
}
