/** @file A backend around another. Knows no kernel. */
import type { Backend } from "./backend.ts";

/** The same backend, but for `changes`. All else is asked of the backend itself each time: it may have private state, or other kernels after a restore. */
export function around<Changes extends Partial<Backend>>(backend: Backend, changes: Changes): Backend & Changes {
  const same: Backend = {
    name: backend.name,
    dtypes: backend.dtypes,
    get limits() { return backend.limits; },
    get kernels() { return backend.kernels; },
    get timeline() { return backend.timeline; },
    get compiling() { return backend.compiling; },
    get counters() { return backend.counters; },
    get reservedBytes() { return backend.reservedBytes; },
    ...(backend.emptyCache === undefined ? {} : { emptyCache: () => backend.emptyCache!() }),
    ...(backend.collected === undefined ? {} : { collected: backend.collected }),
    ...(backend.readSync === undefined ? {} : { readSync: (buffer, from, count) => backend.readSync!(buffer, from, count) }),
    allocate: (dtype, length) => backend.allocate(dtype, length),
    free: (buffer) => backend.free(buffer),
    write: (buffer, from, values) => backend.write(buffer, from, values),
    read: (buffer, from, count) => backend.read(buffer, from, count),
    sync: () => backend.sync(),
    dispose: () => backend.dispose(),
  };
  return Object.defineProperties(same, Object.getOwnPropertyDescriptors(changes)) as Backend & Changes;
}
