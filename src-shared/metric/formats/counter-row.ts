import type { CounterValue } from '../assemble/counter-value.ts'

/**
 * The last raw values of the counters of one part in one partition. They survive a restart, so that the rate of the next
 * record is the same in every console and in the backend.
 */
export interface CounterRow {
  readonly topic: string
  readonly partition: number
  readonly nodeId: string
  readonly part: string
  /** By name in `Layout.counters`; `nextCounter` makes it of the one before and a raw value of a row. */
  readonly values: ReadonlyMap<string, CounterValue>
}
