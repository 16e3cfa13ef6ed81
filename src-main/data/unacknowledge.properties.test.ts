import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acknowledge, unacknowledge } from '#shared/alert/acknowledgement.ts'
import { type Acknowledgement, isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { TestBackend } from './test-backend.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const rule = aRule({ forSeconds: 0 })
const users = ['kim', 'lee'] as const

/** The backend: applies each action once, answers a repeated one with its first answer, and publishes versions. */
class Server {
  readonly records: AlertRecord[]
  readonly #answers = new Map<string, number>()

  constructor(alert: NodeAlert) {
    this.records = [{ version: 1, alert }]
  }

  get newest(): AlertRecord {
    return this.records.at(-1) as AlertRecord
  }

  /** @returns the version in the answer */
  apply(id: string, change: { kind: string; acknowledgement: Acknowledgement }): number {
    const known = this.#answers.get(id)
    if (known !== undefined) return known
    const { alert, version } = this.newest
    const { kind, acknowledgement } = change
    const result = kind === 'acknowledge' ? acknowledge(alert, acknowledgement) : unacknowledge(alert, acknowledgement)
    if (result.ok) this.records.push({ version: version + 1, alert: result.alert })
    this.#answers.set(id, this.newest.version)
    return this.newest.version
  }
}

/** A console that reads the backend's records late, and sends its actions late. */
class Console {
  readonly fixture = new TestEngine({ now: t0, hasBackend: true })
  readonly #backend = new TestBackend(this.fixture)
  readonly #user: string
  #read = 0
  #clock = t0

  constructor(user: string) {
    this.#user = user
    this.#backend.publishRule(rule)
    const records = [50, 90].map((value, i) =>
      aMessage({ node: 'node-1', at: t0 + i * 1000, metrics: { cpu_usage: value } }),
    )
    this.fixture.engine.handlers.batches(aBatch(records, t0, { from: 0 }))
    this.fixture.connect([{ topic: 'metrics-node-1', end: 2 }])
  }

  get alert(): NodeAlert {
    return only(this.fixture.call('alerts.list', { open: true }).filter(isNodeAlert))
  }

  acknowledge(): void {
    if (this.alert.acknowledgement) return
    const acknowledgement = { by: this.#user, at: (this.#clock += 1000), comment: '' }
    this.fixture.call('alerts.acknowledge', { id: this.alert.id, acknowledgement })
  }

  unacknowledge(): void {
    const { id, acknowledgement: given } = this.alert
    if (!given) return
    this.fixture.call('alerts.unacknowledge', { id, given, user: this.#user, at: (this.#clock += 1000) })
  }

  /** The oldest action reaches the backend. `isLost`: its answer does not come back, and it is sent again later. */
  send(server: Server, isLost: boolean): boolean {
    const [action] = this.fixture.call('actions.list', {})
    if (!action || !('acknowledgement' in action.change)) return false
    const alertVersion = server.apply(action.id, action.change)
    if (!isLost) this.fixture.call('actions.settle', { id: action.id, outcome: { state: 'done', alertVersion } })
    return true
  }

  /** Reads up to `count` records; `isCompacted`: only the newest of them is left in the topic. */
  receive(server: Server, count: number, isCompacted = false): void {
    const records = server.records.slice(this.#read, this.#read + count)
    this.#read += records.length
    for (const { version, alert } of isCompacted ? records.slice(-1) : records) {
      this.#backend.publish('alerts', alert.id, { version, alert })
    }
  }
}

const stepsOf: Readonly<Record<string, (one: Console, server: Server) => unknown>> = {
  acknowledge: (one) => one.acknowledge(),
  'take back': (one) => one.unacknowledge(),
  send: (one, server) => one.send(server, false),
  'send and lose the answer': (one, server) => one.send(server, true),
  receive: (one, server) => one.receive(server, 1),
  'receive the newest': (one, server) => one.receive(server, 9, true),
}
const steps = fc.array(fc.record({ who: fc.nat(1), what: fc.constantFrom(...Object.keys(stepsOf)) }), { maxLength: 30 })

/** All actions reach the backend, and all of its records the consoles. */
function settle(consoles: readonly Console[], server: Server, most: number): void {
  for (const one of consoles) for (let n = 0; n < most && one.send(server, false); n++);
  for (const one of consoles) one.receive(server, Infinity)
}

test('whatever the order of acknowledging, taking back, sending and reading, all consoles end with the state of the backend', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const consoles = users.map((user) => new Console(user))
      const server = new Server((consoles[0] as Console).alert)
      try {
        for (const { who, what } of list) stepsOf[what]?.(consoles[who] as Console, server)
        settle(consoles, server, list.length)
        expect(consoles.map(({ alert }) => alert)).toEqual(users.map(() => server.newest.alert))
        expect(consoles.map(({ fixture }) => fixture.call('actions.list', {}))).toEqual([[], []])
      } finally {
        for (const { fixture } of consoles) fixture.remove()
      }
    }),
    { numRuns: 60 },
  )
})
