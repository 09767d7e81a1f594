/** @file A convolution of a spread x as plain convolutions of some elements of the window into some elements of the output. Pure numbers. */
import type { PrimitiveAttrs } from "./backend.ts";

/** Every `step`th element from `first` on. */
export type Steps = { readonly first: number; readonly step: number; readonly count: number };
/** Elements of the output and of the window that meet elements of a spread x, and how they do once the others are gone. */
export type Phase = { readonly out: Steps; readonly filter: Steps; readonly padding: number; readonly dilation: number; readonly spread: number };

/** The places of a spread x that the r-th, (r + spread)-th ... elements of the output see are whole for the same elements of the window: a plain convolution each. */
export function phasesAlong(d: 0 | 1 | 2, window: number, size: number, { stride, padding, dilation, spread }: PrimitiveAttrs["conv"]): readonly Phase[] {
  const apart = spread[d], every = { first: 0, step: 1 };
  if (apart === 1 || stride[d] > 1) return [{ out: { ...every, count: size }, filter: { ...every, count: window }, padding: padding[d], dilation: dilation[d], spread: apart }];
  const step = apart / commonDivisor(dilation[d], apart);
  return Array.from({ length: Math.min(apart, size) }, (_, r): Phase => {
    const start = r - padding[d], found = Array.from({ length: step }, (__, k) => k).find((k) => (start + k * dilation[d]) % apart === 0), first = found ?? window;
    return {
      out: { first: r, step: apart, count: Math.ceil((size - r) / apart) }, filter: { first, step, count: Math.max(0, Math.ceil((window - first) / step)) },
      padding: -(start + first * dilation[d]) / apart, dilation: (dilation[d] * step) / apart, spread: 1,
    };
  });
}
const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
