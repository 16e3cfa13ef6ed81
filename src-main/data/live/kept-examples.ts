import type { FormatName } from '#shared/metric/formats/format-name.ts'
import type { BatchTally, ExampleRecord } from '#shared/metric/sources/batch-tally.ts'

/** A record of a topic, copied. */
export interface KeptExample {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Timestamp in Kafka, epoch ms. */
  readonly at: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  /** The record is longer than what is kept. */
  readonly isCut: boolean
}

const bytesOfOne = 64 * 1024
const keyBytes = 256
/** Of all examples; what comes then is kept only with its first bytes. */
const bytesOfAll = 16 * 1024 * 1024
const shortBytes = 1024
/** A record is copied at most this often for each topic. */
const everyMs = 1_000

/** The newest record of each topic, for the operator to look at: one with values, if there is any. */
export class KeptExamples {
  readonly #byTopic = new Map<string, { example: KeptExample; hasValues: boolean; keptAt: number }>()
  #bytes = 0

  /** @param now epoch ms */
  keep(tally: BatchTally, now: number): void {
    const { topic } = tally
    const before = this.#byTopic.get(topic)
    if (before && now >= before.keptAt && now - before.keptAt < everyMs) return
    const newest = newestWithValues(tally) ?? (before?.hasValues ? undefined : tally.examples.get('passed'))
    if (!newest) return
    this.#bytes -= before ? sizeOf(before.example) : 0
    const example = this.#copy(newest, tally)
    this.#bytes += sizeOf(example)
    this.#byTopic.set(topic, { example, hasValues: newest !== tally.examples.get('passed'), keptAt: now })
  }

  /** These topics are read otherwise: the next record replaces the one that is kept, whatever it is. */
  beginAgain(topics: readonly string[]): void {
    for (const topic of topics) {
      const kept = this.#byTopic.get(topic)
      if (kept) this.#byTopic.set(topic, { ...kept, hasValues: false, keptAt: -Infinity })
    }
  }

  /** The newest one of these topics. */
  newestOf(topics: readonly string[]): KeptExample | undefined {
    const found = topics.flatMap((topic) => this.#byTopic.get(topic) ?? [])
    return found.sort((a, b) => Number(b.hasValues) - Number(a.hasValues) || b.example.at - a.example.at)[0]?.example
  }

  #copy({ offset, at, key, head }: ExampleRecord, { topic, partition }: BatchTally): KeptExample {
    const most = this.#bytes + Math.min(head.length, bytesOfOne) > bytesOfAll ? shortBytes : bytesOfOne
    const value = new Uint8Array(head.subarray(0, most))
    const isCut = value.length < head.length || head.length >= bytesOfOne
    return { topic, partition, offset, at, key: key && new Uint8Array(key.subarray(0, keyBytes)), value, isCut }
  }
}

function newestWithValues({ examples, formats }: BatchTally): ExampleRecord | undefined {
  const found = [...formats.keys()].flatMap((format: FormatName) => examples.get(format) ?? [])
  return found.sort((a, b) => b.offset - a.offset)[0]
}

function sizeOf({ key, value }: KeptExample): number {
  return value.length + (key?.length ?? 0)
}
