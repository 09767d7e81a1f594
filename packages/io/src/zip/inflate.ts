/** @file Deflate, by the platform's streams, bounded on both sides. */
import { roomFor } from "../saving.ts";

/** Of input at a time: deflate makes at most 1,032 times as much of it, and some platforms hand all of that over at once. */
const PIECE = 4096;

function* piecesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** What was deflated; undefined where it is damaged, or not of exactly this size. No more than the size is kept. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces = piecesOf(bytes), out = roomFor(size);
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value } = pieces.next();
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
  const reader = input.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let at = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (at + next.value.length > size) {
        await reader.cancel();
        return undefined;
      }
      out.set(next.value, at);
      at += next.value.length;
    }
  } catch {
    return undefined; // What the platform says of damaged data differs, and says nothing of the file.
  }
  return at === size ? out : undefined;
}

/** Deflated by the platform. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Uint8Array(await new Response(input.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
}
