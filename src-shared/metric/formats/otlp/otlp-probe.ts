import { WireError, type WireReader } from './wire-reader.ts'

/** What a message in protobuf has. `cut`: a message of OTLP without its end. */
export type OtlpSignal = 'metrics' | 'traces' | 'logs' | 'cut'

/** Keys of fields that metrics do not have: kind, times and flags of spans; times, severity and flags of log records. */
const spanKeys: ReadonlySet<number> = new Set([0x30, 0x39, 0x41, 0x85])
const logKeys: ReadonlySet<number> = new Set([0x09, 0x10, 0x45, 0x59])
/** Longer keys of attributes and names of metrics are possible, but say nothing. */
const nameAtMost = 256

/**
 * Finds out whether bytes are a message of OTLP, from its first fields. All signals begin alike: a resource with
 * attributes, then scopes with items. An item is a metric with a name and points, a span with ids and two times, or a
 * log record.
 */
export class OtlpProbe {
  readonly #reader: WireReader
  /** Whether something was found that other messages hardly have: the key of an attribute, or the name of a metric. */
  #hasName = false
  /** Whether a message is longer than the bytes. */
  #isCut = false

  constructor(reader: WireReader) {
    this.#reader = reader
  }

  /** Of the bytes that the reader has open. */
  signal(): OtlpSignal | undefined {
    const { bytes } = this.#reader
    if (bytes.length < 2 || bytes[0] !== 0x0a) return undefined
    this.#reader.at = 0
    this.#hasName = false
    this.#isCut = false
    try {
      const signal = this.#message(bytes.length)
      if (signal) return this.#hasName || signal !== 'metrics' ? signal : undefined
      return this.#hasName ? (this.#isCut ? 'cut' : 'metrics') : undefined
    } catch (error) {
      if (error instanceof WireError) return this.#hasName ? 'cut' : undefined
      throw error
    }
  }

  /** The signal of the first item. */
  #message(end: number): OtlpSignal | undefined {
    const reader = this.#reader
    while (reader.at < end) {
      if (reader.key(end) !== 0x0a) throw reader.error('no field of OTLP')
      const signal = this.#ofResource(this.#endWithin(end))
      if (signal) return signal
    }
    return undefined
  }

  #ofResource(end: number): OtlpSignal | undefined {
    const reader = this.#reader
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x0a) this.#resource(this.#endWithin(end))
      else if (key !== 0x12) reader.skip(key, end)
      else {
        const signal = this.#ofScope(this.#endWithin(end))
        if (signal) return signal
      }
    }
    return undefined
  }

  #resource(end: number): void {
    const reader = this.#reader
    while (reader.at < end) {
      const key = reader.key(end)
      if (key !== 0x0a) {
        reader.skip(key, end)
        continue
      }
      const to = this.#endWithin(end)
      if (reader.at < to && reader.key(to) === 0x0a) this.#name(to)
      reader.at = to
    }
  }

  #ofScope(end: number): OtlpSignal | undefined {
    const reader = this.#reader
    while (reader.at < end) {
      const key = reader.key(end)
      if (key === 0x12) return this.#item(this.#endWithin(end))
      reader.skip(key, end)
    }
    return undefined
  }

  #item(end: number): OtlpSignal {
    const reader = this.#reader
    while (reader.at < end) {
      const key = reader.key(end)
      if (logKeys.has(key)) return 'logs'
      if (spanKeys.has(key)) return 'traces'
      if (key === 0x0a) this.#name(end)
      else reader.skip(key, end)
    }
    return 'metrics'
  }

  /** A field of text, behind its key. */
  #name(end: number): void {
    const reader = this.#reader
    const to = reader.endOfBytes(end)
    if (isPrintable(reader.bytes, reader.at, to)) this.#hasName = true
    reader.at = to
  }

  /** Where a message ends; not behind `end`. */
  #endWithin(end: number): number {
    const reader = this.#reader
    const to = reader.varint(end) + reader.at
    if (to <= end) return to
    this.#isCut = true
    return end
  }
}

function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  if (to === from || to - from > nameAtMost) return false
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 || byte > 0x7e) return false
  }
  return true
}
