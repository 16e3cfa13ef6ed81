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
  readonly #details = new Map<PassedOver, string>()
  readonly #newest = new Map<FormatName | 'passed', RunIndex<Run>>()
  /** Records of one format and run that follow each other, which is the rule, and the last one. */
  #format: FormatName | undefined
  #run: Run | undefined
  #count = 0
  #last = 0

  /** Record `i` of the run has values in this format. */
  read(format: FormatName, run: Run, i: number): void {
    if (format !== this.#format || run !== this.#run) this.#settle()
    this.#format = format
    this.#run = run
    this.#count++
    this.#last = i
  }

  /** So many records have values in this format. @param newest the last of them */
  readAll(format: FormatName, count: number, newest: RunIndex<Run>): void {
    this.#settle()
    this.records += count
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + count)
    this.#newest.set(format, newest)
  }

  /** Notes the records of one format that followed each other. */
  #settle(): void {
    if (this.#format && this.#run && this.#count > 0) {
      this.#formats.set(this.#format, (this.#formats.get(this.#format) ?? 0) + this.#count)
      this.#newest.set(this.#format, { run: this.#run, i: this.#last })
    }
    this.#count = 0
  }

  passed(why: PassedOver, detail: string | undefined, at: RunIndex<Run>): void {
    this.#passed.set(why, (this.#passed.get(why) ?? 0) + 1)
    if (detail !== undefined) {
      this.#details.delete(why) // the newest is last
      this.#details.set(why, detail)
    }
    this.#newest.set('passed', at)
  }

  build(
    { topic, partition }: Pick<BatchTally, 'topic' | 'partition'>,
    { bounds, spread }: Pick<Assembled, 'bounds' | 'spread'>,
    example: (at: RunIndex<Run>) => ExampleRecord,
  ): BatchTally {
    this.#settle()
    const examples = new Map(Array.from(this.#newest, ([kind, at]) => [kind, example(at)]))
    const counted = { records: this.records, formats: this.#formats, passed: this.#passed, details: this.#details }
    return { topic, partition, ...counted, examples, bounds, spread }
  }
}
