import { afterEach, expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/builders.ts'
import { aRule } from '#shared/rule/builders.ts'
import { aBatch, aMessage, EngineHouse, only } from './testing.ts'
import { TestBackend } from './testing-backend.ts'

// What becomes of acknowledgements while console and backend do not see the same record at the same moment.

const t0 = 1_764_000_000_000
const houses: EngineHouse[] = []
/** Fires at once: warning above 85, critical above 95, clears below 75. */
const rule = aRule({ forSeconds: 0 })

afterEach(() => {
  for (const house of houses.splice(0)) house.remove()
})

function aSharedHouse() {
  const house = new EngineHouse({ now: t0, hasBackend: true })
  houses.push(house)
  const backend = new TestBackend(house)
  backend.publishRule(rule)
  return { house, backend }
}

/** Values of the CPU a second apart, from this offset and second on. */
function read(house: EngineHouse, from: number, ...values: number[]): void {
  const records = values.map((value, i) =>
    aMessage({ node: 'node-1', at: t0 + (from + i) * 1000, metrics: { cpu_usage: value } }),
  )
  house.engine.handlers.batch(aBatch(records, t0 + from * 1000, { from }))
}

const openIn = (house: EngineHouse): Alert[] => house.ask('alerts.list', { open: true })
const ackOf = (by: string, second: number) => ({ by, at: t0 + second * 1000, comment: 'on it' })

/** What a console that read these values makes of them: so does the backend. */
function judged(...values: number[]): Alert {
  const { house } = aSharedHouse()
  read(house, 0, ...values)
  return only(openIn(house))
}

/** So many records are in the log when the console connects. */
function connect(house: EngineHouse, end: number): void {
  house.connect([{ topic: 'metrics-node-1', end }])
}

/** A console that is live, with a warning that it and the backend have found. */
function aWarning() {
  const { house, backend } = aSharedHouse()
  read(house, 0, 50, 90)
  connect(house, 2)
  house.engine.tick()
  const alert = only(openIn(house))
  backend.publishAlert(alert)
  return { house, backend, alert }
}

test('a console that reads later what was acknowledged then keeps the acknowledgement', () => {
  const values = [50, 90, 97, 80, 97]
  const alert = { ...judged(...values), acknowledgement: ackOf('lee', 10) }
  const { house, backend } = aSharedHouse()
  house.now = t0 + 3_600_000
  connect(house, values.length)
  backend.publishAlert(alert)
  read(house, 0, ...values)
  expect(openIn(house)).toEqual([alert])
})

test('a console that was closed while the alert eased and was acknowledged has both once it has read on', () => {
  const alert = { ...judged(50, 97, 80), acknowledgement: ackOf('lee', 3) }
  const { house, backend } = aSharedHouse()
  read(house, 0, 50, 97)
  backend.publishAlert(only(openIn(house)))
  house.restart()
  connect(house, 3)
  backend.publishAlert(alert)
  read(house, 2, 80)
  expect(openIn(house)).toEqual([alert])
})

test('a console whose disk was full meanwhile keeps the acknowledgement of what it reads later', () => {
  const { house, backend, alert } = aWarning()
  const since = house.now
  house.engine.handlers.status({ kind: 'disconnected', since, detail: 'Records cannot be stored.' })
  house.engine.handlers.status({ kind: 'connected', since, topics: 1, partitions: 1 })
  const acknowledgement = ackOf('lee', 10)
  backend.publishAlert({ ...alert, severity: 'critical', threshold: 95, value: 97, acknowledgement })
  backend.publishAlert({ ...alert, severity: 'warning', threshold: 85, value: 80, acknowledgement })
  read(house, 2, 97, 80)
  expect(openIn(house)).toMatchObject([{ severity: 'warning', acknowledgement }])
})

test('an escalation after the acknowledgement ends it, also for a console that reads both later', () => {
  const alert = { ...judged(50, 90), acknowledgement: ackOf('lee', 2) }
  const { house, backend } = aSharedHouse()
  house.now = t0 + 3_600_000
  connect(house, 4)
  backend.publishAlert(alert)
  read(house, 0, 50, 90, 90, 97)
  expect(openIn(house)).toMatchObject([{ severity: 'critical' }])
  expect(only(openIn(house)).acknowledgement).toBeUndefined()
  expect(house.emittedOf('notify').at(-1)).toMatchObject([{ alert: { id: alert.id }, transition: 'escalated' }])
})

test('what is acknowledged here while records are still to be read does not count for what they escalate to', () => {
  const { house } = aSharedHouse()
  connect(house, 3)
  read(house, 0, 50, 90)
  house.now = t0 + 3_600_000
  house.ask('alerts.acknowledge', { id: only(openIn(house)).id, acknowledgement: ackOf('kim', 3_600) })
  read(house, 2, 97)
  expect(only(openIn(house)).acknowledgement).toBeUndefined()
})

test('an escalation of a node whose clock is behind ends the acknowledgement of a live console', () => {
  const { house, backend, alert } = aWarning()
  backend.publishAlert({ ...alert, acknowledgement: ackOf('lee', 60) })
  expect(only(openIn(house)).acknowledgement).toEqual(ackOf('lee', 60))
  read(house, 2, 97)
  expect(only(openIn(house)).acknowledgement).toBeUndefined()
})

test('an acknowledgement goes on when the backend tells that the alert eased before that is read here', () => {
  const { house, backend } = aSharedHouse()
  read(house, 0, 50, 97)
  connect(house, 2)
  house.engine.tick()
  const acknowledged = { ...only(openIn(house)), acknowledgement: ackOf('lee', 2) }
  backend.publishAlert(acknowledged)
  const eased = { ...acknowledged, severity: 'warning', threshold: 85, value: 80 } as const
  backend.publishAlert(eased)
  expect(openIn(house)).toEqual([acknowledged])
  read(house, 2, 80)
  expect(openIn(house)).toEqual([eased])
})

test('an acknowledgement that has run out gives way to the one that was given here since', () => {
  const { house, backend, alert } = aWarning()
  const ranOut = { ...ackOf('lee', 5), until: t0 + 10_000 }
  backend.publishAlert({ ...alert, acknowledgement: ranOut })
  house.now = t0 + 20_000
  const acknowledgement = ackOf('kim', 20)
  house.ask('alerts.acknowledge', { id: alert.id, acknowledgement })
  backend.publishAlert({ ...alert, value: 91, acknowledgement: ranOut })
  expect(openIn(house)).toEqual([{ ...alert, acknowledgement }])
})

test('an acknowledgement that waits for the backend is not sent once the alert has become worse', () => {
  const { house, alert } = aWarning()
  house.ask('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  read(house, 2, 97)
  expect(only(openIn(house)).acknowledgement).toBeUndefined()
  const action = only(house.ask('actions.list', {}))
  expect(action).toMatchObject({ state: 'conflict', problem: expect.stringContaining('critical') as unknown })
  expect(house.emittedOf('actions').at(-1)).toEqual([action])
  house.restart()
  expect(house.ask('actions.list', {})).toEqual([action])
})

test('an acknowledgement that became worthless while it was on its way does not wait for another attempt', () => {
  const { house, alert } = aWarning()
  house.ask('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  read(house, 2, 97)
  const action = only(house.ask('actions.list', {}))
  house.ask('actions.settle', { id: action.id, outcome: { state: 'waiting', problem: 'The backend is busy.' } })
  expect(house.ask('actions.list', {})).toEqual([action])
})

test('an acknowledgement of a warning that only the backend judges does not count once that says critical', () => {
  const { house, backend } = aSharedHouse()
  const warning = anAlert({ severity: 'warning', threshold: 85, value: 90, since: t0, openedAt: t0 })
  backend.publishAlert(warning)
  house.ask('alerts.acknowledge', { id: warning.id, acknowledgement: ackOf('kim', 5) })
  const critical = { ...warning, severity: 'critical', threshold: 95, value: 97 } as const
  backend.publishAlert(critical)
  expect(openIn(house)).toEqual([critical])
  expect(house.emittedOf('notify').at(-1)).toEqual([{ alert: critical, transition: 'escalated' }])
  expect(house.ask('actions.list', {})).toMatchObject([{ state: 'conflict' }])
})
