/** @file The options in force for printing tensors, one set for the whole process as in PyTorch. */

/** What `setPrintOptions` sets; see https://pytorch.org/docs/stable/generated/torch.set_printoptions.html. */
export type PrintOptions = {
  /** Digits after the point. */
  precision: number;
  /** Tensors of more elements than this are summarised. */
  threshold: number;
  /** How many items a summary keeps at the beginning and end of each dimension. */
  edgeItems: number;
  /** Characters in a line. */
  lineWidth: number;
  /** Scientific notation always or never; null: where the values ask for it. */
  sciMode: boolean | null;
};

const profiles = {
  default: { precision: 4, threshold: 1000, edgeItems: 3, lineWidth: 80, sciMode: null },
  short: { precision: 2, threshold: 1000, edgeItems: 2, lineWidth: 80, sciMode: null },
  full: { precision: 4, threshold: Infinity, edgeItems: 3, lineWidth: 80, sciMode: null },
} satisfies Record<string, PrintOptions>;

let current: PrintOptions = profiles.default;

function checkOptions({ precision, threshold, edgeItems, lineWidth, sciMode }: PrintOptions): void {
  const complain = (name: string, value: unknown, rule: string): never => {
    throw new RangeError(`setPrintOptions: ${name} is ${value}, it must be ${rule}`);
  };
  if (!Number.isInteger(precision) || precision < 0) complain("precision", precision, "an integer of 0 or more");
  if (!(threshold >= 0)) complain("threshold", threshold, "a number of 0 or more (Infinity: never summarise)");
  if (!Number.isInteger(edgeItems) || edgeItems < 0) complain("edgeItems", edgeItems, "an integer of 0 or more");
  if (!(lineWidth > 0)) complain("lineWidth", lineWidth, "a number above 0");
  if (sciMode !== null && typeof sciMode !== "boolean") complain("sciMode", sciMode, "true, false or null");
}

/**
 * Changes how tensors are printed from now on. As in PyTorch, a profile is taken first and the other options on
 * top of it, and `sciMode` returns to null (automatic) unless it is given.
 *
 * @throws RangeError for a value out of range; nothing is changed then.
 * @example setPrintOptions({ precision: 2 }); setPrintOptions({ profile: "default" });
 */
export function setPrintOptions(options: Partial<PrintOptions> & { profile?: "default" | "short" | "full" }): void {
  const { profile, ...changes } = options;
  const next: PrintOptions = { ...(profile ? profiles[profile] : current), sciMode: null, ...changes };
  checkOptions(next);
  current = next;
}

/** A copy of the options in force. */
export function printOptions(): PrintOptions {
  return { ...current };
}
