import type { Anchor } from '#shared/alert/series.ts'
import { ByteReader, ByteWriter } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'

const format = 1

/** Newest record of some series of one node: mostly all metrics of one message. */
export interface EvaluatedSeries {
  readonly node: number
  readonly last: Anchor
  readonly metrics: readonly number[]
}

/** How far each series was evaluated, as one blob a batch. A partition is written where it comes first. */
export class SeriesWriter {
  readonly #out = new ByteWriter(1 << 16)
  readonly #partitions = new Map<string, number>()
  #node = 0
  #last: Anchor | null = null
  #metrics: number[] = []

  clear(): void {
    this.#out.clear()
    this.#out.byte(format)
    this.#partitions.clear()
    this.#last = null
  }

  add(node: number, metric: number, last: Anchor): void {
    if (this.#last && this.#node === node && sameAnchor(this.#last, last)) {
      this.#metrics.push(metric)
      return
    }
    this.#flush()
    this.#node = node
    this.#last = last
    this.#metrics = [metric]
  }

  /** Valid until `clear`. */
  written(): Buffer {
    this.#flush()
    this.#last = null
    return this.#out.written()
  }

  #flush(): void {
    if (!this.#last) return
    const { at, position } = this.#last
    const out = this.#out
    const key = `${position.partition} ${position.topic}`
    const known = this.#partitions.get(key)
    out.unsigned(this.#node)
    out.float64(at)
    out.unsigned(known ?? this.#partitions.size)
    if (known === undefined) {
      this.#partitions.set(key, this.#partitions.size)
      out.text(position.topic)
      out.unsigned(position.partition)
    }
    out.unsigned(position.offset)
    out.unsigned(this.#metrics.length)
    for (const metric of this.#metrics) out.unsigned(metric)
  }
}

export function* decodeSeries(blob: Uint8Array): Generator<EvaluatedSeries> {
  const input = new ByteReader(blob)
  if (input.byte() !== format) throw new DamagedError('unknown format of series in the journal')
  const partitions: Array<{ readonly topic: string; readonly partition: number }> = []
  while (!input.done) {
    const node = input.unsigned()
    const at = input.float64()
    const index = input.unsigned()
    if (index === partitions.length) partitions.push({ topic: input.text(), partition: input.unsigned() })
    const partition = partitions[index]
    if (!partition) throw new DamagedError('a series in the journal names a partition that is not there')
    const last = { at, position: { ...partition, offset: input.unsigned() } }
    yield { node, last, metrics: Array.from({ length: input.unsigned() }, () => input.unsigned()) }
  }
}

function sameAnchor(a: Anchor, b: Anchor): boolean {
  if (a === b) return true
  const { position: p } = a
  const { position: q } = b
  return a.at === b.at && p.offset === q.offset && p.partition === q.partition && p.topic === q.topic
}
