/** @file For which kind of adapter kernels are chosen. */

/**
 * `workgroup` lets invocations share what they read and add up through workgroup memory, which is for hardware; `registers` keeps to one invocation what it can,
 * which is for adapters that are software, where barriers are dear.
 */
export type Tuning = "workgroup" | "registers";
