import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { DamagedError } from '../errors.ts'
import type { CounterTable } from '../tables/counter-table.ts'
import { CounterValues } from './counter-values.ts'
import type { Dictionary } from './dictionary.ts'
import type { JournalRecord } from './journal-codec.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'
import type { StoredPart } from './stored-part.ts'

/**
 * Newest raw values of all counters. The journal has those of the newest records; before a batch is cut from it, the
 * table stores what exists nowhere else. Counters of parts that go on cost no row.
 */
export class CounterStore {
  readonly #table: CounterTable
  readonly #dictionary: Dictionary
  #folded: CounterValues[] = []

  /** Loads the table. */
  constructor(table: CounterTable, dictionary: Dictionary) {
    this.#table = table
    this.#dictionary = dictionary
    for (const row of table.all()) {
      const part = dictionary.partAt(row.part)
      if (!part) throw new DamagedError(`counters belong to part ${row.part}, which is not stored`)
      valuesOf(part, { topic: row.topic, partition: row.partition }).restore(row)
    }
  }

  /** Applies a record of the journal at start. */
  replay(part: StoredPart, { counters, raw, at, partition }: JournalRecord, seq: number): void {
    if (partition && counters.length > 0) valuesOf(part, partition).note(counters, raw, 0, at, seq)
  }

  /** Inside the transaction of batch `seq`. `cut`: first batch that stays in the journal. */
  write(cut: number, seq: number): void {
    this.#folded = []
    for (const part of this.#dictionary.parts()) {
      for (const values of part.counters) {
        if (!values.isLostBefore(cut)) continue
        // The values are those before this batch.
        this.#table.save({ part: part.row.no, ...values.partition, seq: seq - 1, data: values.encoded() })
        this.#folded.push(values)
      }
    }
  }

  /** The transaction is committed as batch `seq`. @param partsOfSamples the part of each sample, for each batch */
  apply(samples: readonly SampleBatch[], partsOfSamples: ReadonlyArray<readonly StoredPart[]>, seq: number): void {
    for (const values of this.#folded) values.saved(seq - 1)
    this.#folded = []
    samples.forEach((batch, b) => this.#noteBatch(batch, partsOfSamples[b] as readonly StoredPart[], seq))
  }

  rows(): CounterRow[] {
    const nameOf = (metric: number): string => this.#dictionary.metricName(metric)
    return this.#dictionary
      .parts()
      .flatMap(({ row, counters }) => counters.map((values) => values.row(row.nodeId, row.part, nameOf)))
  }

  #noteBatch({ topic, partition, columns }: SampleBatch, parts: readonly StoredPart[], seq: number): void {
    const { directory, count, layout, at, raw } = columns
    if (!raw) return
    const binding = this.#dictionary.binding(directory)
    const name: TopicPartition = { topic, partition }
    for (let i = 0; i < count; i++) {
      const bound = binding.layouts[layout[i] as number]
      if (!bound || bound.counters.length === 0) continue
      valuesOf(parts[i] as StoredPart, name).note(
        bound.counters,
        raw.values,
        raw.first[i] as number,
        at[i] as number,
        seq,
      )
    }
  }
}

/** Those of the part in this partition; new ones if there are none. */
function valuesOf({ counters }: StoredPart, name: TopicPartition): CounterValues {
  for (const values of counters) {
    if (values.partition.partition === name.partition && values.partition.topic === name.topic) return values
  }
  const added = new CounterValues(name)
  counters.push(added)
  return added
}
