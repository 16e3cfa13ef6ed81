import { afterEach, expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/builders.ts'
import { anId, aRule } from '#shared/rule/builders.ts'
import { aBatch, aMessage, EngineHouse, only } from './testing.ts'
import { TestBackend } from './testing-backend.ts'

const t0 = 1_764_000_000_000
const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const ofFirst = aRule({ forSeconds: 0 })
const ofSecond = aRule({ id: anId(200), forSeconds: 0, warning: 60 })
const houses: EngineHouse[] = []

afterEach(() => {
  for (const house of houses.splice(0)) house.remove()
})

/** A console of the first database, with an alert of its own that was acknowledged and one of a node read elsewhere. */
function aHouse() {
  const house = new EngineHouse({ now: t0, hasBackend: true })
  houses.push(house)
  const backend = new TestBackend(house)
  backend.database = first
  backend.publishRule(ofFirst)
  const record = aMessage({ node: 'node-1', at: t0, metrics: { cpu_usage: 97 } })
  house.engine.handlers.batch(aBatch([record], t0 + 3_600_000))
  const own = only(openIn(house))
  backend.publishAlert(own)
  backend.publishAlert(anAlert({ id: anId(9), nodeId: 'elsewhere', openedAt: t0 }))
  house.ask('alerts.acknowledge', { id: own.id, acknowledgement: { by: 'kim', at: t0, comment: '' } })
  return { house, backend, own }
}

const openIn = (house: EngineHouse): Alert[] => house.ask('alerts.list', { open: true })
const nodesIn = (house: EngineHouse) => openIn(house).map(({ nodeId }) => nodeId)

test('records of the same database change nothing but what they say, also after a restart', () => {
  const { house, backend } = aHouse()
  house.restart()
  backend.publishRule({ ...ofFirst, version: 2, warning: 86 }, [ofFirst])
  expect(house.ask('rules.list', {})).toMatchObject([{ version: 2, warning: 86 }])
  expect(nodesIn(house).toSorted()).toEqual(['elsewhere', 'node-1'])
})

test('another database: rules and alerts of the one before leave, and queued actions are not sent to it', () => {
  const { house, backend, own } = aHouse()
  backend.database = second
  backend.publishRule(ofSecond)
  expect(house.ask('rules.list', {})).toEqual([ofSecond])
  backend.publishAlert(anAlert({ id: anId(8), nodeId: 'new', openedAt: t0 }))
  expect(nodesIn(house).toSorted()).toEqual(['new', 'node-1'])
  expect(openIn(house).find(({ id }) => id === own.id)?.acknowledgement).toBeUndefined()
  expect(house.ask('actions.list', {})).toMatchObject([
    { state: 'refused', problem: expect.stringContaining('another database') as string },
  ])
  house.restart()
  expect(house.ask('rules.list', {})).toEqual([ofSecond])
})

test('the claim of a backend that lost the topics is no change of database', () => {
  const { house, backend } = aHouse()
  backend.database = second
  backend.publish('alerts', second, null)
  expect(house.ask('rules.list', {})).toEqual([ofFirst])
  expect(house.ask('actions.list', {})).toMatchObject([{ state: 'waiting' }])
})

test('a console of another team forgets the one before, and reads its topics anew when it comes back', () => {
  const { house } = aHouse()
  house.restart('blue')
  expect([house.ask('rules.list', {}), nodesIn(house)]).toEqual([[], []])
  expect(house.ask('actions.list', {})).toMatchObject([{ state: 'refused' }])
  expect(house.store.position('remo-rules', 0)).toBeUndefined()
  house.restart('')
  expect(house.engine.handlers.position('remo-rules', 0)).toBeUndefined()
})
