import { afterEach, expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// A version of a rule is read after records that it applies to. The backend has known it all the time.

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
/** Fires immediately, clears below 75 %. */
const rule = aRule({ forSeconds: 0 })
/** From the third second on, the alert clears below 60 % only. */
const lower = { ...rule, version: 2, clear: 60, effectiveFrom: t0 + 2000 }

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)

/** The value at this second. */
function read(fixture: TestEngine, second: number, value: number): void {
  const record = aMessage({ node: 'node-1', at: t0 + second * 1000, metrics: { cpu_usage: value } })
  fixture.engine.handlers.batches(aBatch([record], t0 + 3_600_000, { from: second }))
}

/** A console that cleared an alert of the backend by levels that had ended. */
function aConsoleThatCleared() {
  const fixture = new TestEngine({ now: t0, hasBackend: true })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  backend.publishRule(rule)
  read(fixture, 0, 50)
  read(fixture, 1, 97)
  const alert = only(openIn(fixture))
  backend.publishAlert(alert)
  read(fixture, 2, 70)
  expect(openIn(fixture)).toEqual([])
  return { fixture, backend, alert }
}

test('an alert that was cleared by levels that had ended fires again when the version arrives', () => {
  const { fixture, backend, alert } = aConsoleThatCleared()
  backend.publishRule(lower, [rule])
  expect(openIn(fixture)).toEqual([alert])
  expect(fixture.emittedOf('alerts.changed').at(-1)).toEqual([alert])
  read(fixture, 3, 65)
  expect(openIn(fixture)).toMatchObject([{ id: alert.id, phase: 'firing' }])
  read(fixture, 4, 59)
  expect(openIn(fixture)).toEqual([])
  expect(only(fixture.call('alerts.list', { open: false }))).toMatchObject({ id: alert.id, resolvedAt: t0 + 4000 })
})

test("the backend's record of it may come before the version", () => {
  const { fixture, backend, alert } = aConsoleThatCleared()
  const acknowledgement = { by: 'lee', at: t0 + 2500, comment: 'on it' }
  const official = { ...alert, ruleVersion: 2, acknowledgement }
  backend.publishAlert(official)
  expect(openIn(fixture)).toEqual([])
  backend.publishRule(lower, [rule])
  expect(openIn(fixture)).toEqual([official])
  fixture.restart()
  read(fixture, 3, 65)
  expect(only(openIn(fixture))).toMatchObject({ id: alert.id, acknowledgement })
})

test('it stays resolved if the backend resolved it, or if the version began later', () => {
  const resolved = aConsoleThatCleared()
  const ended = { phase: 'resolved', resolvedAt: t0 + 2000, resolveReason: 'cleared', resolvedValue: 70 } as const
  resolved.backend.publishAlert({ ...resolved.alert, ...ended })
  resolved.backend.publishRule(lower, [rule])
  expect(openIn(resolved.fixture)).toEqual([])
  const later = aConsoleThatCleared()
  later.backend.publishRule({ ...lower, effectiveFrom: t0 + 2001 }, [rule])
  expect(openIn(later.fixture)).toEqual([])
})
