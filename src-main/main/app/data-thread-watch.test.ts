import { beforeEach, expect, test } from 'vitest'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { ThreadState } from '../../threads/supervisor.ts'
import { CurrentHealth } from './current-health.ts'
import { DataThreadWatch } from './data-thread-watch.ts'

/** The main thread beside a data thread that answers, or hangs. */
class Console {
  now = 0
  asked = 0
  isHung = false
  readonly #waiting: Array<(report: HealthReport) => void> = []
  readonly health = new CurrentHealth(0)
  readonly state: ThreadState = { kind: 'running', since: 0 }
  readonly #watch = new DataThreadWatch({ data: this.#data(), health: this.health, now: () => this.now })

  get report(): HealthReport {
    return { ...new CurrentHealth(0).report, health: { kind: 'live', behindMs: 400 }, at: this.now }
  }

  async run(seconds: number): Promise<this> {
    for (let i = 0; i < seconds; i++) {
      this.now += 1000
      this.#watch.tick()
      await new Promise(setImmediate)
    }
    return this
  }

  async answers(): Promise<void> {
    this.isHung = false
    for (const answer of this.#waiting.splice(0)) answer(this.report)
    await new Promise(setImmediate)
  }

  #data(): ConstructorParameters<typeof DataThreadWatch>[0]['data'] {
    const call = (): Promise<HealthReport> => {
      this.asked++
      return new Promise((resolve) => (this.isHung ? this.#waiting.push(resolve) : resolve(this.report)))
    }
    return { call: call as never, state: this.state }
  }
}

let console: Console
beforeEach(() => {
  console = new Console()
  console.health.setReport(console.report)
})

test('a data thread that answers is asked six times a minute, and changes nothing', async () => {
  await console.run(60)
  expect(console.asked).toBe(6)
  expect(console.health.report.health).toEqual({ kind: 'live', behindMs: 400 })
})

test('a data thread that hangs for 30 s makes the console blind, until it answers', async () => {
  await console.run(5)
  console.isHung = true
  await console.run(35)
  expect(console.health.report.health.kind).toBe('live')
  await console.run(6)
  expect(console.health.report.health).toMatchObject({
    kind: 'blind',
    since: 11_000,
    cause: 'data-thread',
    detail: 'The Kafka reader does not answer: the disk or this computer may be too slow.',
  })
  await console.answers()
  expect(console.health.report.health.kind).toBe('live')
})

test('a thread that hangs again makes the console blind again', async () => {
  console.isHung = true
  await console.run(45)
  await console.answers()
  console.isHung = true
  await console.run(45)
  expect(console.health.report.health).toMatchObject({ kind: 'blind', cause: 'data-thread' })
})

test('sleep is no time without an answer', async () => {
  console.isHung = true
  await console.run(3)
  console.now += 8 * 3_600_000
  await console.run(20)
  expect(console.health.report.health.kind).toBe('live')
})
