import type { Metrics } from '#shared/metric/message-text.ts'

/** Source of a node's values. */
export interface MetricSource {
  /** @param at time of the measurement, epoch ms; only a simulation uses it */
  read(at: number): Metrics | Promise<Metrics>
}
