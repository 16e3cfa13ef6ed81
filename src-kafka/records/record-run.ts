/**
 * Consecutive records whose bytes are in one buffer: a fetch response, or one decompressed batch. Entry i of every
 * column belongs to record i.
 */
export interface RecordRun {
  readonly bytes: Buffer
  readonly count: number
  readonly offsets: Float64Array
  /** Epoch ms, as the batch has them; -1 without one. Producers may set any 64-bit value; above 2^53 it is inexact. */
  readonly timestamps: Float64Array
  /** Where the value begins in `bytes`; -1 for a tombstone. */
  readonly valueStarts: Int32Array
  readonly valueEnds: Int32Array
  /** Where the length of the key begins in `bytes`. Keys and headers are read on demand. */
  readonly keyStarts: Int32Array
}
