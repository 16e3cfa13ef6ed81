import { DamagedError } from '../errors.ts'
import { ByteReader, ByteWriter } from '../chunk/bytes.ts'

const format = 1

/**
 * One batch of records as one blob: node number, metric numbers, time and values, in order of arrival. The first use
 * of a metric list writes it; later records write its index.
 */
export class JournalWriter {
  readonly #out = new ByteWriter(1 << 16)
  readonly #lists = new Map<readonly number[], number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#out.clear()
    this.#out.byte(format)
    this.#lists.clear()
    this.#count = 0
  }

  add(node: number, metrics: readonly number[], { at, values }: Pick<JournalRecord, 'at' | 'values'>): void {
    const out = this.#out
    out.unsigned(node)
    const known = this.#lists.get(metrics)
    out.unsigned(known ?? this.#lists.size)
    if (known === undefined) {
      this.#lists.set(metrics, this.#lists.size)
      out.unsigned(metrics.length)
      for (const metric of metrics) out.unsigned(metric)
    }
    out.float64(at)
    for (const value of values) out.float64(value)
    this.#count++
  }

  /** Valid until `clear`. */
  written(): Buffer {
    return this.#out.written()
  }
}

export interface JournalRecord {
  readonly node: number
  readonly metrics: readonly number[]
  readonly at: number
  readonly values: readonly number[]
}

export function* readJournal(blob: Uint8Array): Generator<JournalRecord> {
  const input = new ByteReader(blob)
  if (input.byte() !== format) throw new DamagedError('unknown journal format')
  const lists: number[][] = []
  while (!input.done) {
    const node = input.unsigned()
    const index = input.unsigned()
    if (index === lists.length) lists.push(Array.from({ length: input.unsigned() }, () => input.unsigned()))
    const metrics = lists[index]
    if (!metrics) throw new DamagedError('a journal record names a list of metrics that is not there')
    const at = input.float64()
    yield { node, metrics, at, values: metrics.map(() => input.float64()) }
  }
}
