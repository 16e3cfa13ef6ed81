import { expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { shownAge, statusLine, type StatusFacts } from './status-line.ts'

const now = 1_800_014_400_000
const live: Health = { kind: 'live', behindMs: 0 }
const blind: Health = { kind: 'blind', since: now - 5000, cause: 'disconnected', detail: '', retryAt: now + 2000 }
const facts = (change: Partial<StatusFacts>): StatusFacts => ({
  health: live,
  newestAt: now - 400,
  windowLagMs: 0,
  clock: { now, offsetMinutes: 0 },
  ...change,
})

test.for<[string, Partial<StatusFacts>]>([
  ['Live · 0.4 s behind', {}],
  ['Live · 24 s behind', { newestAt: now - 24_000 }],
  ['Live · 0.0 s behind', { newestAt: now + 100 }],
  ['Live', { newestAt: null }],
  ['Window 24 s behind', { windowLagMs: 24_500 }],
  ['Starting…', { health: undefined }],
  ['Not connected since 11:59:55 · retrying in 2 s', { health: blind }],
])('the chip says "%s"', ([line, change]) => {
  expect(statusLine(facts(change)).replaceAll('\u202f', ' ')).toBe(line)
})

test('the status bar has the age of the chip', () => {
  expect(statusLine(facts({ newestAt: now - 3200 }))).toContain(String(shownAge(facts({ newestAt: now - 3200 }))))
})
