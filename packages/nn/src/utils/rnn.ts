/** @file PyTorch's `nn.utils.rnn`. */
export {
  packPaddedSequence, PackedSequence, type PackOptions, packSequence, type PadOptions, padPackedSequence, type PadPackedOptions, padSequence, unpackSequence, unpadSequence,
} from "../recurrent/packed-sequence.ts";
