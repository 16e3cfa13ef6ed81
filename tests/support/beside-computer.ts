import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SourceView } from '#shared/ipc/source-calls.ts'
import type { EngineFixture } from '../integration/engine-fixture.ts'
import { ComputerLoad } from './computer-load.ts'
import type { HostProgram } from './host-program.ts'
import { meanOver, type Series, storedSeries } from './stored-series.ts'

const within = { timeout: 30_000, interval: 50 }

export interface ConsoleRun {
  /** What writes to the topic. */
  readonly program: HostProgram
  /** Of the data folder. */
  readonly name: string
  readonly topic: string
  /** Of the topic. */
  readonly partitions: number
  readonly host: string
  /** What must have a value before the measurement begins. */
  readonly awaited: readonly string[]
  /** What is returned of the store. */
  readonly metrics: readonly string[]
  /** How long the console and this test look at the same computer. */
  readonly windowMs: number
}

/** What a console shows of a topic, and what this computer says of itself over the same time. */
export interface ConsoleView {
  readonly source: SourceView
  /** All that is stored. */
  readonly stored: (metric: string) => Series
  /** What is stored of the time in which this computer was watched. */
  readonly series: (metric: string) => Series
  /** Mean between two `cpu_usage` of that time: one that has nothing of the time before, and the last one. */
  readonly mean: (metric: string) => number
  /**
   * Percent of CPU time that was not idle, over the time of `mean`.
   *
   * @param leftOut percent of the time that waited for disks or was taken by others
   */
  readonly cpu: (leftOut: number) => number
  /** Percent of memory in use at the last `memory_usage`. */
  readonly memory: number
}

/** Runs a console on the topic for some seconds, and stops it. */
export async function besideComputer(engine: EngineFixture, run: ConsoleRun): Promise<ConsoleView> {
  const { program, name, topic, partitions, host, awaited, metrics, windowMs } = run
  const thread = engine.startThread(name, { topicPattern: `^${topic}$` })
  const call = thread.supervisor
  const wanted = awaited.map((metric) => ({ nodeId: host, metric }))
  await expect
    .poll(() => {
      program.check()
      return call.call('live.values', { series: wanted })
    }, within)
    .toEqual(awaited.map(() => expect.any(Number)))
  const computer = await ComputerLoad.watch()
  await delay(windowMs)
  await computer.stop()
  const to = Date.now()
  // the values of the last second have come too
  const isRead = async (): Promise<boolean> => {
    const { lagMessages } = await call.call('health.report', {})
    return lagMessages === 0 && Date.now() > to + 1_500
  }
  await expect.poll(isRead, within).toBe(true)
  const sources = await call.call('sources.list', {})
  await thread.stop()
  engine.thread = undefined
  const all = storedSeries(engine.dirOf(name), host, metrics)
  const stored = (metric: string): Series => all.get(metric) as Series
  const series = (metric: string): Series => computer.beside(stored(metric))
  const { at } = series('cpu_usage')
  const [from, last] = [at[firstRate(partitions)] ?? NaN, at.at(-1) ?? NaN]
  const mean = (metric: string): number => meanOver(series(metric), from, last)
  const cpu = (leftOut: number): number => computer.cpu(from, last, leftOut)
  const source = sources.find((one) => one.name === topic) as SourceView
  return { source, stored, series, mean, cpu, memory: computer.memory(series('memory_usage').at.at(-1) ?? NaN) }
}

/**
 * The index of the first `cpu_usage` with nothing of the time before the computer was watched. Records of a host without
 * a key are spread over the partitions, and a rate is that since the record before in its partition.
 */
function firstRate(partitions: number): number {
  return partitions === 1 ? 0 : partitions + 1
}

/**
 * The console shows the CPU and the memory of this computer, within 5 points.
 *
 * @param leftOut percent of CPU time that waited for disks or was taken by others
 */
export function expectThisComputer(view: ConsoleView, leftOut: number): void {
  expect(Math.abs(view.mean('cpu_usage') - view.cpu(leftOut))).toBeLessThan(5)
  const memory = view.series('memory_usage').values.at(-1) ?? NaN
  expect(Math.abs(memory - view.memory)).toBeLessThan(5)
}
