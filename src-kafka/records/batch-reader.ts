import { isFuture } from '#shared/metric/decode.ts'
import { futureText } from '#shared/metric/future.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { Rejection } from '#shared/metric/sample.ts'
import { TallyBuilder } from '#shared/metric/sources/tally-builder.ts'
import type { RawBatch } from '../stream.ts'
import { hasKeyAt, keyAt, valueAt } from './record-at.ts'
import type { RecordRun } from './record-run.ts'

/** Key of ReMo's own format. JSON may write its letters as `\u006e`. */
const ownKey = 'node_id'
const escape = String.raw`\u`

/** Reads the records of one batch into the rows of a scanner. */
export class BatchReader {
  readonly tally = new TallyBuilder<RecordRun>()
  readonly #topic: string
  readonly #scanner: SampleScanner
  /** How a record is written says what it is, but for records of these topics. */
  readonly #hasMapping: boolean
  #run: RecordRun | undefined

  constructor({ topic, partition }: Pick<RawBatch, 'topic' | 'partition'>, scanner: SampleScanner) {
    this.#topic = topic
    this.#scanner = scanner
    this.#hasMapping = scanner.mappings.has(topic)
    scanner.assembler.begin({ topic, partition })
  }

  /** The records that follow are of this run. */
  use(run: RecordRun): void {
    this.#run = run
  }

  /**
   * Adds the samples of records that are written like earlier ones of ReMo's own format, from `from` on.
   * @returns the first record that is not, or must be rejected: `read` reads it
   */
  readOwn(from: number): number {
    const run = this.#run as RecordRun
    const scanner = this.#scanner
    const before = scanner.count
    let i = from
    try {
      for (; i < run.count && scanner.scanKnown(run, i); i++) {
        const timestamp = run.timestamps[i] as number
        if (timestamp >= 0 && isFuture({ at: scanner.lastAt }, timestamp)) break
      }
    } catch {
      // `read` reads that record again, and rejects it with the reason.
    }
    while (scanner.count - before > i - from) scanner.dropLast()
    if (i > from) this.tally.readAll('remo', i - from, { run, i: i - 1 })
    return i
  }

  /** Adds the samples of record `i` of the run. @returns why the record, or a part of it, is rejected */
  read(i: number): Rejection | undefined {
    const run = this.#run as RecordRun
    const before = this.#scanner.count
    this.tally.records++
    try {
      const { bytes, valueStarts, valueEnds } = run
      const known = this.#hasMapping
        ? undefined
        : this.#scanner.known.read(bytes, valueStarts[i] as number, valueEnds[i] as number)
      return known ? this.#applied(known, run, i) : this.#unknown(run, i)
    } catch (error) {
      // A bug here must not stop the stream at this record for ever.
      while (this.#scanner.count > before) this.#scanner.dropLast()
      return { code: 'not-stored', reason: `value: cannot be read: ${messageOf(error)}` }
    }
  }

  /** Written in a way that is new to the scanner, or of another format. */
  #unknown(run: RecordRun, i: number): Rejection | undefined {
    const value = valueAt(run, i)
    if (value !== null && maybeOwn(value)) {
      const refused = this.#scanner.scan(run, i)
      if (!refused || refused.code === 'bad-metric') return this.#ownRead(run, i) ?? refused
    }
    const { timestamps } = run
    const record = { topic: this.#topic, timestamp: timestamps[i] as number, key: keyAt(run, i), value }
    const reading = readRecord(record, this.#scanner.mappings)
    if (value !== null && !this.#hasMapping) this.#scanner.known.learn(value, reading)
    return this.#applied(reading, run, i)
  }

  #applied(reading: RecordReading, run: RecordRun, i: number): Rejection | undefined {
    if (reading.kind === 'rejected') return reading.reject
    if (reading.kind === 'passed') {
      this.tally.passed(reading.why, reading.detail, { run, i })
      return undefined
    }
    const { assembler } = this.#scanner
    const { parts, refused, leftOut } = reading
    if (leftOut) assembler.leftOut(leftOut)
    const [first] = parts
    if (!first) return refused
    this.tally.read(first.shape.format, run, i)
    const facts = {
      offset: run.offsets[i] as number,
      timestamp: run.timestamps[i] as number,
      isKeyless: !hasKeyAt(run, i),
    }
    return refused ? (assembler.add(facts, parts), refused) : assembler.add(facts, parts)
  }

  /** Counts the sample of ReMo's own format that was added last, or rejects it if it is from the future. */
  #ownRead(run: RecordRun, i: number): Rejection | undefined {
    const timestamp = run.timestamps[i] as number
    const ahead = futureText(this.#scanner.lastAt, timestamp)
    if (ahead !== undefined) {
      this.#scanner.dropLast()
      return { code: 'future-timestamp', reason: `timestamp: ${ahead}` }
    }
    this.tally.read('remo', run, i)
    return undefined
  }
}

/** Whether ReMo's own reader must decide. Costs little: most records of other formats are no JSON or lack the key. */
function maybeOwn(value: Buffer): boolean {
  const first = value[0]
  if (first !== 0x7b && first !== 0x20 && first !== 0x0a && first !== 0x0d && first !== 0x09) return false
  return value.includes(ownKey) || value.includes(escape)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
