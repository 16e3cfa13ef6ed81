import type { Metrics } from '../message.ts'

/** Where a node's values come from. */
export interface MetricSource {
  /** @param at the time they are asked for, epoch ms; only a simulation looks at it */
  read(at: number): Metrics | Promise<Metrics>
}
