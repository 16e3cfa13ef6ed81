import { parseArgs } from 'node:util'

/** Flags, under the name of the variable that they override, or their own. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/** Each is described in usage.ts. */
export const flagOptions = {
  nodes: text,
  prefix: text,
  interval: text,
  topic: text,
  partitions: text,
  count: text,
  backlog: flag,
  seed: text,
  help: { ...flag, short: 'h' },
  version: flag,
} as const

/** @throws TypeError with a sentence, for an unknown flag or a missing value */
export function readFlags(argv: readonly string[]): Flags {
  const { values } = parseArgs({ args: [...argv], allowPositionals: false, options: flagOptions })
  const { interval, topic, seed, ...own } = values
  return { ...own, METRIC_INTERVAL: interval, KAFKA_TOPIC: topic, SEED: seed }
}
