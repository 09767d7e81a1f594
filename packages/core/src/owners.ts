/** @file Who holds the memory of a device: what an out-of-memory error says, so that one can act on it. */
import type { Device } from "./device.ts";

/** The name of an owner and the bytes of what it owns. */
export type Owned = readonly [owner: string, bytes: number];
/** Who else can tell: scopes, once there is one. */
export const witnesses: Set<(device: Device) => Iterable<Owned>> = /*@__PURE__*/ new Set();

/** Those that hold most: tensors by size, and scopes. */
export function ownersOn(device: Device): string {
  const owners = new Map<string, number>(), add = ([owner, bytes]: Owned): void => void owners.set(owner, (owners.get(owner) ?? 0) + bytes);
  for (const weak of device.slabs) {
    const slab = weak.deref();
    slab?.held.forEach((held, i) => { if (held !== undefined) add([`tensors of ${slab.bytes[i]}`, slab.bytes[i]!]); });
  }
  for (const tell of witnesses) for (const one of tell(device)) add(one);
  return [...owners].sort(([, a], [, b]) => b - a).slice(0, 5).map(([owner, bytes]) => `${owner}: ${bytes}`).join(", ");
}
