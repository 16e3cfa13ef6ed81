import { expect, test } from 'vitest'
import type { HealthReport } from '#shared/ipc/contract.ts'
import { CurrentHealth } from './current-health.ts'

const aReport = (over: Partial<HealthReport> = {}): HealthReport => ({
  ...new CurrentHealth(0).report,
  health: { kind: 'live', behindMs: 400 },
  messagesPerSecond: 12,
  ...over,
})

test('the console is blind until the first report of the data thread', () => {
  expect(new CurrentHealth(1000).report.health).toEqual({
    kind: 'blind',
    since: 1000,
    cause: 'connecting',
    detail: 'ReMo is starting.',
  })
})

test('a problem that the operator can solve has its own sentence', () => {
  const current = new CurrentHealth(0)
  const detail = 'Staging is open in another ReMo window.'
  current.setThreadState({ kind: 'down', since: 5000, detail, retryAt: 6000 })
  expect(current.report.health).toMatchObject({ detail: 'Staging is open in another ReMo window. ReMo keeps trying.' })
  expect(current.report.notices.map(({ text }) => text)).toEqual([`${detail} ReMo keeps trying.`])
  current.setReport(aReport())
  expect(current.report.notices).toEqual([])
})

test('after the data thread stops, the console is blind until the next report', () => {
  const current = new CurrentHealth(0)
  const seen: string[] = []
  current.onChange(({ health }) =>
    seen.push(health.kind === 'blind' ? `blind: ${health.cause} since ${health.since}` : health.kind),
  )
  current.setReport(aReport())
  current.setThreadState({ kind: 'down', since: 5000, detail: 'out of memory', retryAt: 6000 })
  current.setThreadState({ kind: 'starting', since: 6000 })
  current.setThreadState({ kind: 'running', since: 6100 })
  current.setReport(aReport())
  expect(seen).toEqual(['live', 'blind: data-thread since 5000', 'live'])
})

test('a console that is already blind keeps its start of blindness', () => {
  const current = new CurrentHealth(1000)
  current.setThreadState({ kind: 'down', since: 5000, detail: 'x', retryAt: 6000 })
  current.setThreadState({ kind: 'down', since: 9000, detail: 'x', retryAt: 11000 })
  expect(current.report.health).toMatchObject({ since: 1000, cause: 'data-thread', retryAt: 11000 })
})

test('while the data thread does not answer, a live console is blind, and one that is blind keeps its reason', () => {
  const current = new CurrentHealth(0)
  current.setReport(aReport())
  current.setUnanswered(5000)
  expect(current.report.health).toMatchObject({ kind: 'blind', cause: 'data-thread', since: 5000 })
  current.setReport(aReport({ health: { kind: 'blind', since: 7000, cause: 'storage', detail: 'The disk is full.' } }))
  current.setUnanswered(9000)
  expect(current.report.health).toMatchObject({ cause: 'storage', since: 7000 })
  current.setReport(aReport())
  expect(current.report.health.kind).toBe('live')
})

test('notices of the main thread follow those of the data thread, and the same id replaces one', () => {
  const current = new CurrentHealth(0)
  current.setReport(aReport({ notices: [{ id: 'cache', severity: 'warning', text: 'moved aside' }] }))
  current.addNotice({ id: 'port', severity: 'info', text: 'one' })
  current.addNotice({ id: 'port', severity: 'info', text: 'two' })
  expect(current.report.notices.map(({ text }) => text)).toEqual(['moved aside', 'two'])
  current.clearNotice('port')
  expect(current.report.notices.map(({ text }) => text)).toEqual(['moved aside'])
})
