/** @file The place in a program that called this package, as the host's stacks say it. */

const DEPTH = 40;

/** Where we are; the text is written down only when somebody asks. */
export function here(): Error {
  const limit: unknown = Reflect.get(Error, "stackTraceLimit");
  Reflect.set(Error, "stackTraceLimit", DEPTH);
  try {
    return new Error("here");
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}

/** The lines of a stack from the program's own on. */
export function linesOf(at: Error): string[] {
  const lines = (at.stack ?? "").split("\n").filter((line) => /:\d+/.test(line));
  // The first line is `here` itself: it tells the folder of this package, where that can be told from the rest of a program.
  const own = /[^\s(@]*\/core\/(?:src|dist)\//.exec(lines[0] ?? "")?.[0];
  const theirs = own === undefined ? lines : lines.filter((line) => !line.includes(own));
  return theirs.length > 0 ? theirs : lines;
}
