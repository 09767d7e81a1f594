/** @file The groups of golden cases: their folders, and what runs a case of each kind of pack. */
import { type Backend, setGradEnabled } from "@adjoint/core";
import type { GoldenCase, Pack } from "../pack.ts";
import { runErrors } from "./errors.ts";
import { runFunc } from "./func.ts";
import { runModule } from "./modules.ts";
import { runOp } from "./ops.ts";
import { runPromotion } from "./promotion.ts";
import { runRepr } from "./repr.ts";
import { runTrain } from "./train.ts";
import { listening } from "../torch/warnings.ts";
import { type GoldenRecord, settled } from "./verdict.ts";

export type { GoldenRecord };
/** The folders of each group. */
export const groups = {
  ops: ["ops", "extra"], repr: ["repr"], errors: ["errors"], promotion: ["promotion"], func: ["func"], train: ["train"], modules: ["modules"],
} as const satisfies { readonly [group: string]: readonly string[] };
export type Group = keyof typeof groups;
/** What the packs of a group say they are. */
export const kinds: { readonly [K in Group]: Pack["kind"] } = { ops: "op", repr: "repr", errors: "errors", promotion: "promotion", func: "func", train: "train", modules: "modules" };

const runners: { readonly [K in Pack["kind"]]: (pack: Pack, item: GoldenCase, device: Backend) => Promise<GoldenRecord> } = {
  op: runOp, repr: runRepr, errors: runErrors, promotion: runPromotion, func: runFunc, train: runTrain, modules: runModule,
};

/** One case on a device, which has to be the default device. */
export async function runGolden(pack: Pack, item: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const runner = Object.hasOwn(runners, pack.kind) ? runners[pack.kind] : undefined;
  if (runner === undefined) return { id: item.id, status: "not implemented", reason: `packs of kind ${String(pack.kind)}` };
  try {
    return await listening(() => runner(pack, item, device));
  } finally {
    setGradEnabled(true); // A program may have left it off.
    await settled().catch(() => {}); // What is wrong with a case is told to no other.
  }
}

/** What of a pack does not pass, with the reason. Where a device has no float64, its cases may be missing. */
export async function complaintsOf(pack: Pack, device: Backend): Promise<string[]> {
  const records = await runPack(pack, device), mayBeMissing = (reason: string): boolean => !device.dtypes.has("float64") && reason.includes("float64");
  if (records.length === 0) return ["no cases"];
  return records.flatMap(({ id, status, reason = "" }) => (status === "passed" || (status === "not implemented" && mayBeMissing(reason)) ? [] : [`${id} ${status}: ${reason}`]));
}

/** All cases of a pack, one after the other. */
export async function runPack(pack: Pack, device: Backend): Promise<GoldenRecord[]> {
  const records: GoldenRecord[] = [];
  for (const item of pack.cases) records.push(await runGolden(pack, item, device));
  return records;
}
