import { decompress } from '../codecs/decompress.ts'
import type { RecordRun } from '../records/record-run.ts'
import { AbortedProducers, isAbortMarker } from './aborted-producers.ts'
import { BatchHeader, checkedFrom, headerBytes, isOffset, magicEnd, recordsAtMost } from './batch-header.ts'
import { Checksums } from './checksums.ts'
import type { AbortedTransaction } from './fetch-response.ts'
import { RecordColumns } from './record-columns.ts'

/** A batch that cannot be read. Its offsets are passed by. */
export interface UnreadableOffsets {
  readonly firstOffset: number
  readonly lastOffset: number
  /** Records in it, as far as can be said. */
  readonly count: number
  /** One clause for the operator. */
  readonly reason: string
}

export type RecordPiece =
  { readonly kind: 'records'; readonly run: RecordRun } | ({ readonly kind: 'unreadable' } & UnreadableOffsets)

export interface BatchesRead {
  /** In the order of their offsets, which nothing shares. May be empty: markers and aborted records are left out. */
  readonly pieces: readonly RecordPiece[]
  /** The offset to continue from: behind the last whole batch, also if nothing of it is in `pieces`. */
  readonly next: number
  /** Present if the first batch is incomplete: fetch at least so many bytes of this partition. */
  readonly needsBytes?: number
  /** Newest time at which a broker appended one of the batches, epoch ms. Absent: their times are those of producers. */
  readonly appendedAt?: number
}

export interface ReadBatchesOptions {
  /** The offset that was asked for. Earlier records of its batch are left out. */
  readonly from: number
  readonly aborted: readonly AbortedTransaction[]
  /** Default true, as Java's `check.crcs`. */
  readonly checkCrc?: boolean
  /** Limit of an incomplete batch and of a decompressed one: a larger one is unreadable. Default 16 MiB. */
  readonly maxBatchBytes?: number
}

const damagedRecords = 'the records of the batch are damaged'

/** Java's producer creates batches of at most 1 MiB, and brokers accept no larger ones by default. */
const defaultMaxBatchBytes = 16 * 1024 * 1024

/**
 * Reads the record batches of a fetch (magic 2), read committed: without control records, and without those of aborted
 * transactions. An incomplete last batch is ignored, because brokers cut a response at its limit. A damaged batch
 * becomes an unreadable piece, and the others are read. Never throws. Unless `records` is empty, the result has a
 * greater `next`, or `needsBytes` above the length of `records`.
 *
 * Once batches have decompressed to `maxBatchBytes` in all, the rest is left for the next fetch. So the result takes at
 * most 4 times the bytes of `records`, and twice 5 times `maxBatchBytes`.
 */
export function readRecordBatches(records: Buffer, options: ReadBatchesOptions): BatchesRead {
  return new BatchReader(records, options).read()
}

class BatchReader {
  readonly #records: Buffer
  readonly #header: BatchHeader
  readonly #from: number
  readonly #checksums: Checksums | undefined
  readonly #maxBatchBytes: number
  readonly #aborted: AbortedProducers | undefined
  readonly #pieces: RecordPiece[] = []
  /** Columns of all uncompressed batches, made for the first one. */
  #columns: RecordColumns | undefined
  /** Where the columns of the current run begin. */
  #runStart = 0
  #next: number
  #decompressed = 0
  /** Newest time at which a broker appended one of the batches. */
  #appendedAt: number | undefined

  constructor(records: Buffer, options: ReadBatchesOptions) {
    const { from, aborted, checkCrc = true, maxBatchBytes = defaultMaxBatchBytes } = options
    this.#records = records
    this.#header = new BatchHeader(records)
    this.#from = from
    this.#next = from
    this.#checksums = checkCrc ? new Checksums(records) : undefined
    this.#maxBatchBytes = maxBatchBytes
    this.#aborted = aborted.length > 0 ? new AbortedProducers(aborted) : undefined
  }

  read(): BatchesRead {
    const end = this.#records.length
    let at = 0
    let goesOn = true
    while (goesOn && at + magicEnd <= end && this.#decompressed < this.#maxBatchBytes) {
      this.#header.moveTo(at)
      const { length, shortest } = this.#header
      if (at + length > end) break
      goesOn = length < shortest ? this.#passBy('the length of the batch is damaged') : this.#readBatch(at + length)
      at += length
    }
    this.#endRun()
    const appended = this.#appendedAt === undefined ? {} : { appendedAt: this.#appendedAt }
    if (end === 0 || this.#next > this.#from) return { pieces: this.#pieces, next: this.#next, ...appended }
    return this.#withoutProgress()
  }

  /** The first batch is incomplete, or all batches end before the offset that was asked for. */
  #withoutProgress(): BatchesRead {
    const end = this.#records.length
    this.#header.moveTo(0)
    const first = end < magicEnd ? headerBytes : this.#header.length
    const needsBytes = first > end ? first : 2 * end
    if (needsBytes <= this.#maxBatchBytes) return { pieces: this.#pieces, next: this.#next, needsBytes }
    if (end >= magicEnd) this.#passBy(`the batch has ${needsBytes} bytes, more than ${this.#maxBatchBytes}`)
    if (this.#next === this.#from) {
      const [firstOffset, lastOffset] = [this.#from, this.#from]
      this.#unreadable({ firstOffset, lastOffset, count: 1, reason: 'the offset of the batch is damaged' })
    }
    return { pieces: this.#pieces, next: this.#next }
  }

  /** @returns whether another batch may follow */
  #readBatch(end: number): boolean {
    const header = this.#header
    if (header.magic !== 2) return this.#passByFormat()
    if (this.#checksums && this.#checksums.of(header.at + checkedFrom, end) !== header.crc) {
      return this.#passBy('the checksum of the batch is wrong')
    }
    const { baseOffset, lastOffsetDelta } = header
    if (lastOffsetDelta < 0 || !isOffset(baseOffset)) return this.#passBy('the offset of the batch is damaged')
    const lastOffset = baseOffset + lastOffsetDelta
    const reason = this.#isLeftOut(lastOffset, end) ? undefined : this.#addRecords(end)
    if (reason !== undefined) return this.#passBy(reason, this.#checksums !== undefined)
    this.#next = Math.max(this.#next, lastOffset + 1)
    return true
  }

  /** Control batches, records of aborted transactions, and what ends before the offset that was asked for. */
  #isLeftOut(lastOffset: number, end: number): boolean {
    const { isControl, isTransactional, payloadAt } = this.#header
    const aborted = this.#aborted
    if (aborted && (isControl || isTransactional)) {
      const { producerId } = this.#header
      aborted.advanceTo(lastOffset)
      if (isControl && isAbortMarker(this.#records, payloadAt, end)) aborted.abortMarker(producerId)
      else if (isTransactional && aborted.has(producerId)) return true
    }
    return isControl || lastOffset < this.#next
  }

  /** @returns why the batch is unreadable, or `undefined` */
  #addRecords(end: number): string | undefined {
    const { codec, count, payloadAt } = this.#header
    if (count === 0) return undefined
    if (codec !== 0) return this.#addCompressed(codec, end)
    if (count < 0 || count > recordsAtMost(end - payloadAt)) return damagedRecords
    this.#columns ??= new RecordColumns(this.#uncompressedRecords())
    return this.#add(this.#columns, this.#records, { at: payloadAt, end })
  }

  #addCompressed(codec: number, end: number): string | undefined {
    let bytes: Buffer
    try {
      bytes = decompress(codec, this.#records.subarray(this.#header.payloadAt, end), this.#maxBatchBytes)
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause)
    }
    this.#decompressed += bytes.length
    const { count } = this.#header
    if (count < 0 || count > recordsAtMost(bytes.length)) return damagedRecords
    const columns = new RecordColumns(count)
    const reason = this.#add(columns, bytes, { at: 0, end: bytes.length })
    if (reason !== undefined || columns.count === 0) return reason
    this.#endRun()
    this.#pieces.push({ kind: 'records', run: columns.run(bytes, 0) })
    return undefined
  }

  #add(columns: RecordColumns, bytes: Buffer, { at, end }: { at: number; end: number }): string | undefined {
    const { baseOffset, lastOffsetDelta, count, baseTimestamp, hasAppendTime, maxTimestamp } = this.#header
    const appendTime = hasAppendTime ? maxTimestamp : undefined
    if (appendTime !== undefined) this.#appendedAt = Math.max(this.#appendedAt ?? 0, appendTime)
    const from = this.#next
    const span = { bytes, at, end, count, baseOffset, lastOffsetDelta, baseTimestamp, appendTime, from }
    return columns.add(span) ? undefined : damagedRecords
  }

  /** Records in the uncompressed batches from here on. Each claims no more than its bytes can hold. */
  #uncompressedRecords(): number {
    const { at: start } = this.#header
    const end = this.#records.length
    let count = 0
    for (let at = start; at + headerBytes <= end;) {
      this.#header.moveTo(at)
      const { length, shortest, magic, codec, payloadAt } = this.#header
      if (length < shortest || at + length > end) break
      const most = recordsAtMost(at + length - payloadAt)
      if (magic === 2 && codec === 0) count += Math.min(Math.max(0, this.#header.count), most)
      at += length
    }
    this.#header.moveTo(start)
    return count
  }

  /** Makes one piece of the uncompressed batches that were added since the last one. */
  #endRun(): void {
    if (!this.#columns || this.#columns.count === this.#runStart) return
    this.#pieces.push({ kind: 'records', run: this.#columns.run(this.#records, this.#runStart) })
    this.#runStart = this.#columns.count
  }

  /** Formats 0 and 1 have one header a message. Their messages become one piece. */
  #passByFormat(): boolean {
    const { magic, baseOffset, oldCodec } = this.#header
    if (magic !== 0 && magic !== 1) return this.#passBy(`message format ${magic} is unknown`)
    if (!isOffset(baseOffset)) return this.#passBy('the offset of the message is damaged')
    if (baseOffset < this.#next) return true
    const reason = `message format ${magic}, older than Kafka 0.11, is not supported`
    // A compressed message holds others. Its offset is that of the last one.
    const firstOffset = oldCodec === 0 ? baseOffset : this.#next
    const count = baseOffset - firstOffset + 1
    this.#endRun()
    const before = this.#pieces.at(-1)
    if (before?.kind === 'unreadable' && before.reason === reason) {
      this.#pieces.pop()
      this.#unreadable({ ...before, lastOffset: baseOffset, count: before.count + count })
    } else this.#unreadable({ firstOffset, lastOffset: baseOffset, count, reason })
    return true
  }

  /**
   * Makes the current batch unreadable. Unless its checksum is right, its own numbers may be damaged, too. Then its end
   * is at most the begin of a plausible batch that follows, or follows from its number of records.
   * @returns whether a plausible batch follows
   */
  #passBy(reason: string, isChecked = false): boolean {
    const { at, baseOffset, length, magic } = this.#header
    const base = isOffset(baseOffset) ? baseOffset : this.#next
    const firstOffset = Math.max(base, this.#next)
    const follower = this.#plausibleBase(at + length, base)
    this.#header.moveTo(at)
    let lastOffset = follower === undefined ? firstOffset : follower - 1
    let count = Infinity
    if (magic === 2 && at + headerBytes <= this.#records.length) {
      const claimed = base + Math.max(0, this.#header.lastOffsetDelta)
      count = Math.max(1, this.#header.count)
      if (isChecked) lastOffset = claimed
      else lastOffset = Math.min(claimed, follower === undefined ? firstOffset + count - 1 : lastOffset)
    }
    count = Math.min(count, lastOffset - firstOffset + 1)
    if (count > 0) this.#unreadable({ firstOffset, lastOffset, count, reason })
    return follower !== undefined
  }

  /** Base offset of the batch at `at`, if it looks like one that follows a batch at `base`. */
  #plausibleBase(at: number, base: number): number | undefined {
    if (at <= this.#header.at || at + magicEnd > this.#records.length) return undefined
    this.#header.moveTo(at)
    const { baseOffset, magic, length, shortest } = this.#header
    const isPlausible = magic >= 0 && magic <= 2 && length >= shortest && isOffset(baseOffset) && baseOffset > base
    return isPlausible ? baseOffset : undefined
  }

  #unreadable(offsets: UnreadableOffsets): void {
    this.#endRun()
    this.#pieces.push({ kind: 'unreadable', ...offsets })
    this.#next = offsets.lastOffset + 1
  }
}
