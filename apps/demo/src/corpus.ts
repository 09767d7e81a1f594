/** @file A text as numbers: its characters, random windows of it, and how far frequencies alone would go. */

/** Characters rarer than the 95 most frequent share one number. */
const VOCABULARY = 96;
const RARE = "\ufffd";

export type Corpus = {
  readonly characters: readonly string[];
  readonly tokens: Int32Array<ArrayBuffer>;
  /** Nats per character of a model that knows frequencies only: what training must beat. */
  readonly unigramEntropy: number;
};

export function corpusOf(text: string): Corpus {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, VOCABULARY - 1).map(([c]) => c).sort();
  const characters = [...kept, RARE];
  const number = new Map(characters.map((c, i) => [c, i]));
  const tokens = Int32Array.from([...text], (c) => number.get(c) ?? characters.length - 1);
  const frequency = new Float64Array(characters.length);
  for (const t of tokens) frequency[t]!++;
  let unigramEntropy = 0;
  for (const n of frequency) if (n > 0) unigramEntropy -= (n / tokens.length) * Math.log(n / tokens.length);
  return { characters, tokens, unigramEntropy };
}

/** A small host generator (xorshift32): the same windows from one seed on every device. */
export function hostRandom(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export type Batch = { readonly inputs: Int32Array<ArrayBuffer>; readonly targets: Int32Array<ArrayBuffer> };

/** `count` windows of `length` characters, and the same a character later. */
export function drawBatch({ tokens }: Corpus, count: number, length: number, random: () => number): Batch {
  const inputs = new Int32Array(count * length), targets = new Int32Array(count * length);
  for (let b = 0; b < count; b++) {
    const start = Math.floor(random() * (tokens.length - length - 1));
    inputs.set(tokens.subarray(start, start + length), b * length);
    targets.set(tokens.subarray(start + 1, start + length + 1), b * length);
  }
  return { inputs, targets };
}
