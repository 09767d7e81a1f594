/** @file The ZIP file that `torch.save` writes: its folder, its byte order, and which other files it is not. */
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { type Reader, shown, utf8 } from "../source.ts";
import { openZip, type ZipOptions } from "../zip/read.ts";

/** Entries without the folder that they are all in. */
export type Archive = { has(name: string): boolean; sizeOf(name: string): number; read(name: string): Promise<Uint8Array<ArrayBuffer>> };

const remedy = "torch.save(torch.load(path), path) in PyTorch 1.6 or later writes one that is";
/** The first bytes of files before PyTorch 1.6: a pickle of a magic number. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20];

async function refuseLegacy(reader: Reader): Promise<void> {
  const start = await reader.read(0, Math.min(reader.size, 265)), begins = (bytes: readonly number[], at = 0): boolean => bytes.every((byte, i) => start[at + i] === byte);
  const isTar = begins([0x75, 0x73, 0x74, 0x61, 0x72], 257);
  if (isTar || begins(LEGACY)) throw new UnsupportedFormatError("torch", `the file is of the format before PyTorch 1.6 (${isTar ? "tar" : "pickle"}), which is not read; ${remedy}`);
  if (start[0] === 0x80 && !begins([0x50, 0x4b])) throw new UnsupportedFormatError("torch", `the file is a bare pickle, which is not read; ${remedy}`);
}

export async function openArchive(reader: Reader, options: ZipOptions): Promise<Archive> {
  await refuseLegacy(reader);
  const zip = await openZip(reader, options), found = zip.names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (found.length !== 1) throw new FormatError("torch", `the ZIP file has ${found.length} entries FOLDER/data.pkl, and torch.save writes one; it is another kind of file`);
  const folder = found[0]!.slice(0, -"data.pkl".length), archive: Archive = { has: (name) => zip.has(folder + name), sizeOf: (name) => zip.sizeOf(folder + name), read: (name) => zip.read(folder + name) };
  if (archive.has("constants.pkl")) throw new UnsupportedFormatError("torch", "the file is a TorchScript program of torch.jit.save, which is not read; torch.save(torch.jit.load(path).state_dict(), path) gives one that is");
  const order = archive.has("byteorder") ? utf8(await archive.read("byteorder")) ?? "" : "little";
  if (order !== "little") throw new UnsupportedFormatError("torch", `the file has the byte order ${shown(order)}, and little is read; save it on a machine of that order`);
  return archive;
}
