import { afterEach, expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aBatch, aMessage, TestEngine, only } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

const t0 = 1_764_000_000_000
const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const ofFirst = aRule({ forSeconds: 0 })
const ofSecond = aRule({ id: anId(200), forSeconds: 0, warning: 60 })
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console of the first database, with its own acknowledged alert and one of a node that it does not read. */
function aTestEngine() {
  const fixture = new TestEngine({ now: t0, hasBackend: true })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  backend.database = first
  backend.publishRule(ofFirst)
  const record = aMessage({ node: 'node-1', at: t0, metrics: { cpu_usage: 97 } })
  fixture.engine.handlers.batches(aBatch([record], t0 + 3_600_000))
  const own = only(openIn(fixture))
  backend.publishAlert(own)
  backend.publishAlert(anAlert({ id: anId(9), nodeId: 'elsewhere', openedAt: t0 }))
  fixture.call('alerts.acknowledge', { id: own.id, acknowledgement: { by: 'kim', at: t0, comment: '' } })
  return { fixture, backend, own }
}

const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)
const nodesIn = (fixture: TestEngine) => openIn(fixture).map(({ nodeId }) => nodeId)

test('records of the same database reset nothing, also after a restart', () => {
  const { fixture, backend } = aTestEngine()
  fixture.restart()
  backend.publishRule({ ...ofFirst, version: 2, warning: 86 }, [ofFirst])
  expect(fixture.call('rules.list', {})).toMatchObject([{ version: 2, warning: 86 }])
  expect(nodesIn(fixture).toSorted()).toEqual(['elsewhere', 'node-1'])
})

test("another database: the last one's rules and alerts are removed, and queued actions are not sent", () => {
  const { fixture, backend, own } = aTestEngine()
  backend.database = second
  backend.publishRule(ofSecond)
  expect(fixture.call('rules.list', {})).toEqual([ofSecond])
  backend.publishAlert(anAlert({ id: anId(8), nodeId: 'new', openedAt: t0 }))
  expect(nodesIn(fixture).toSorted()).toEqual(['new', 'node-1'])
  expect(openIn(fixture).find(({ id }) => id === own.id)?.acknowledgement).toBeUndefined()
  expect(fixture.call('actions.list', {})).toMatchObject([
    { state: 'refused', problem: expect.stringContaining('another database') as string },
  ])
  fixture.restart()
  expect(fixture.call('rules.list', {})).toEqual([ofSecond])
})

test('the claim of a backend that lost the topics does not change the database', () => {
  const { fixture, backend } = aTestEngine()
  backend.database = second
  backend.publish('alerts', second, null)
  expect(fixture.call('rules.list', {})).toEqual([ofFirst])
  expect(fixture.call('actions.list', {})).toMatchObject([{ state: 'waiting' }])
})

test("a console that changes its team drops the last team's state, and reads its topics again on return", () => {
  const { fixture } = aTestEngine()
  fixture.restart('blue')
  expect([fixture.call('rules.list', {}), nodesIn(fixture)]).toEqual([[], []])
  expect(fixture.call('actions.list', {})).toMatchObject([{ state: 'refused' }])
  expect(fixture.store.position('remo-rules', 0)).toBeUndefined()
  fixture.restart('')
  expect(fixture.engine.handlers.position('remo-rules', 0)).toBeUndefined()
})
