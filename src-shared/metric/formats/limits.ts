/**
 * Limits of records that other programs wrote. Beyond them, ReMo leaves out series or rejects the record, and says so.
 * Lengths of names and the number of series are in `messageLimits`.
 */
export const formatLimits = {
  /** Bytes of a record. Brokers take 1 MiB by default; some are configured for batches of several MiB. */
  recordBytes: 4_194_304,
  /** Characters of a tag's value. */
  tagValue: 128,
  /** Objects within objects of flat JSON that are searched for numbers, with the outermost. */
  flatDepth: 3,
  /** Envelopes within envelopes. */
  envelopes: 4,
} as const
