/**
 * The last raw values of the counters of one part in one partition. They survive a restart, so that the rate of the next
 * record is the same in every console and in the backend.
 */
export interface CounterRow {
  readonly topic: string
  readonly partition: number
  readonly nodeId: string
  readonly part: string
  /** Raw value by name of the series, with the event time (epoch ms) of its record and the step to it in ms; 0: the first. */
  readonly values: ReadonlyMap<string, { readonly raw: number; readonly at: number; readonly stepMs: number }>
}
