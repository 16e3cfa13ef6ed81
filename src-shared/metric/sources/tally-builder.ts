import type { FormatName } from '../formats/format-name.ts'
import type { PassedOver } from '../formats/record-part.ts'
import type { Assembled } from '../assemble/record-assembler.ts'
import type { BatchTally, ExampleRecord } from './batch-tally.ts'

/** Where a record of a run is, to make an example of it once the batch is read. */
export interface RunIndex<Run> {
  readonly run: Run
  readonly i: number
}

/** Counts the records of a batch. Cheap for each record: examples are made of the newest ones only, at the end. */
export class TallyBuilder<Run> {
  records = 0
  readonly #formats = new Map<FormatName, number>()
  readonly #passed = new Map<PassedOver, number>()
  readonly #newest = new Map<FormatName | 'passed', RunIndex<Run>>()
  #detail: string | undefined

  read(format: FormatName, run: Run, i: number): void {
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1)
    this.#newest.set(format, { run, i })
  }

  /** Records `i - count + 1` to `i` have this format. */
  readAll(format: FormatName, count: number, newest: RunIndex<Run>): void {
    if (count === 0) return
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + count)
    this.#newest.set(format, newest)
  }

  passed(why: PassedOver, detail: string | undefined, at: RunIndex<Run>): void {
    this.#passed.set(why, (this.#passed.get(why) ?? 0) + 1)
    this.#detail = detail ?? this.#detail
    this.#newest.set('passed', at)
  }

  build(
    { topic, partition }: Pick<BatchTally, 'topic' | 'partition'>,
    { bounds, spread }: Pick<Assembled, 'bounds' | 'spread'>,
    example: (at: RunIndex<Run>) => ExampleRecord,
  ): BatchTally {
    const examples = new Map(Array.from(this.#newest, ([kind, at]) => [kind, example(at)]))
    const detail = this.#detail === undefined ? {} : { detail: this.#detail }
    const counted = { records: this.records, formats: this.#formats, passed: this.#passed }
    return { topic, partition, ...counted, ...detail, examples, bounds, spread }
  }
}
