import { setTimeout as delay } from 'node:timers/promises'
import { currentLoad, mem } from 'systeminformation'
import { expect } from 'vitest'
import type { SourceView } from '#shared/ipc/source-calls.ts'
import type { EngineFixture } from '../integration/engine-fixture.ts'
import type { HostProgram } from '../support/host-program.ts'
import { meanOver, type Series, storedSeries } from '../support/stored-series.ts'

const within = { timeout: 30_000, interval: 50 }
/** How long the console and this test look at the same computer. */
const windowMs = 6_000

export interface ConsoleRun {
  /** What writes to the topic. */
  readonly program: HostProgram
  /** Of the data folder. */
  readonly name: string
  readonly topic: string
  readonly host: string
  /** What must have a value before the measurement begins. */
  readonly awaited: readonly string[]
  /** What is returned of the store. */
  readonly metrics: readonly string[]
}

/** What a console shows of a topic, and what this computer says of itself over the same time. */
export interface ConsoleView {
  /** Epoch ms: the begin and the end of the measurement. */
  readonly from: number
  readonly to: number
  readonly source: SourceView
  readonly series: (metric: string) => Series
  /** Mean over the measurement. */
  readonly mean: (metric: string) => number
  /** Percent of CPU time that is not idle, without what waits for disks or was taken by others. */
  readonly load: number
  /** Percent of memory that is not available. */
  readonly memory: number
}

/** Runs a console on the topic for some seconds, and stops it. */
export async function besideComputer(engine: EngineFixture, run: ConsoleRun): Promise<ConsoleView> {
  const { program, name, topic, host, awaited, metrics } = run
  const thread = engine.startThread(name, { topicPattern: `^${topic}$` })
  const call = thread.supervisor
  const wanted = awaited.map((metric) => ({ nodeId: host, metric }))
  await expect
    .poll(() => {
      program.check()
      return call.call('live.values', { series: wanted })
    }, within)
    .toEqual(awaited.map(() => expect.any(Number)))
  await currentLoad()
  const from = Date.now()
  await delay(windowMs)
  const { currentLoad: load } = await currentLoad()
  const to = Date.now()
  const { total, available } = await mem()
  // the values of the last second have come too
  const isRead = async (): Promise<boolean> => {
    const { lagMessages } = await call.call('health.report', {})
    return lagMessages === 0 && Date.now() > to + 1_500
  }
  await expect.poll(isRead, within).toBe(true)
  const sources = await call.call('sources.list', {})
  await thread.stop()
  engine.thread = undefined
  const stored = storedSeries(engine.dirOf(name), host, metrics)
  const series = (metric: string): Series => stored.get(metric) as Series
  const mean = (metric: string): number => meanOver(series(metric), from, to)
  const source = sources.find((one) => one.name === topic) as SourceView
  return { from, to, source, series, mean, load, memory: (100 * (total - available)) / total }
}

/** The load of `systeminformation` with what it leaves out: percent of time that waits, or that others took. */
export function wholeLoad(load: number, leftOut: number): number {
  return load * (1 - leftOut / 100) + leftOut
}
