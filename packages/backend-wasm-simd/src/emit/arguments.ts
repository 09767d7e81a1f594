/** @file The argument block: how a kernel call hands over counts, addresses, strides and params, through memory. */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { ARGUMENTS, type Memory } from "../memory.ts";

/*
 * Words of the block, each 32 bits: four counts that the kernel's file explains, then for each operand its address, then for
 * each operand the distance in bytes of its rows, then the params.
 */
export const COUNTS = 4;
export const BLOCK: number = ARGUMENTS / 4;
export const argumentBytes = (word: number): number => ARGUMENTS + 4 * word;
export const addressWord = (operand: number): number => COUNTS + operand;
export const strideWord = (operands: number, operand: number): number => COUNTS + operands + operand;
export const paramWord = (operands: number): number => COUNTS + 2 * operands;

/** A local that holds a word of the block. */
export function loadWord(f: Code, word: number): Local<"i32"> {
  const local = f.local("i32");
  f.thread().memory("i32.load", argumentBytes(word)).set(local);
  return local;
}

export function writeParams(memory: Memory, operands: number, dtypes: readonly DType[], params: readonly number[]): void {
  const at = BLOCK + paramWord(operands);
  for (let i = 0; i < dtypes.length; i++) {
    if (dtypes[i] === "float32") memory.floats[at + i] = params[i]!;
    else memory.words[at + i] = params[i]!;
  }
}
