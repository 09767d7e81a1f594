/** @file Checkpoints in several safetensors files, with an index that says which tensor is in which: the form of large models on Hugging Face. */
import { FormatError } from "../errors.ts";
import { type LoadOptions, targetOf } from "../placing.ts";
import { readerOf, shown, type Source, utf8 } from "../source.ts";
import { readHeader } from "./header.ts";
import { isRecord, recordOf, repeatedKey } from "./json.ts";
import { fileOf, type Located, locatedIn, type SafetensorsFile } from "./read.ts";

/** As of a header: more is not an index. */
const MAX_INDEX = 100_000_000;

const fail = (message: string): never => { throw new FormatError("safetensors", `index: ${message}`); };

/**
 * Opens a checkpoint of several files. All headers are read and checked against the index; tensors are read when they are asked for.
 * @param index `model.safetensors.index.json`: its bytes, or a Blob
 * @param source gives the file of a name that the index names: never a path, always the name of a file beside the index
 * @param options `device` and `dtype` of what is read
 * @returns a promise of all files as one, with the strings of the index's metadata
 * @throws FormatError for an index or a file that breaks a rule, and for a tensor that is not in the file that the index names
 * @throws UnsupportedFormatError for a dtype that is not read here
 */
export async function openShardedSafetensors(index: Source, source: (name: string) => Source | Promise<Source>, options: LoadOptions = {}): Promise<SafetensorsFile> {
  const target = targetOf(options), reader = readerOf("safetensors", index);
  if (reader.size > MAX_INDEX) return fail(`${reader.size} bytes are more than the ${MAX_INDEX} that are allowed`);
  const text = utf8(await reader.read(0, reader.size)), { files, metadata } = indexOf(text);
  const located = new Map<string, Located>();
  for (const [file, names] of files) {
    const shard = readerOf("safetensors", await source(file)), there = locatedIn(shard, await readHeader(shard));
    for (const name of names) located.set(name, there.get(name) ?? fail(`tensor ${shown(name)} is said to be in ${shown(file)}, and is not there`));
  }
  return fileOf(located, metadata, target);
}

function indexOf(text: string | undefined): { files: Map<string, string[]>; metadata: Record<string, string> } {
  const parsed = recordOf(text ?? "");
  if (parsed === undefined || !isRecord(parsed["weight_map"])) return fail("it is no JSON object with an object `weight_map`");
  const repeated = repeatedKey(text!), { weight_map: map, metadata } = parsed;
  if (repeated !== undefined) return fail(`the key ${shown(repeated)} stands there twice`);
  const files = new Map<string, string[]>();
  for (const [name, file] of Object.entries(map as Readonly<Record<string, unknown>>)) {
    if (name === "__proto__") return fail("the name '__proto__' is not taken, since records with it are not safe to copy");
    // What opens files gets no way out of its folder.
    if (typeof file !== "string" || !/^[\w][\w .+-]*$/.test(file) || file.includes("..")) return fail(`tensor ${shown(name)} is in ${shown(String(file))}, which is no plain name of a file`);
    files.get(file)?.push(name) ?? files.set(file, [name]);
  }
  const strings = isRecord(metadata) ? Object.entries(metadata).filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[0] !== "__proto__") : [];
  return { files, metadata: Object.fromEntries(strings) };
}
