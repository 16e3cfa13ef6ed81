import { expect, test } from 'vitest'
import { anAlert } from './alert-builders.ts'
import type { NodeAlert } from './alert.ts'
import { withStaleLines } from './stale-lines.ts'

const alert = anAlert({ openedAt: 1_000 })
const opened = { alertId: alert.id, kind: 'opened', at: 1_000 } as const
const resolved = { alertId: alert.id, kind: 'resolved', at: 9_000 } as const
const over = anAlert({ openedAt: 1_000, phase: 'resolved', resolvedAt: 9_000 })
const linesOf = (of: NodeAlert, offline: Parameters<typeof withStaleLines>[2]): string[] =>
  withStaleLines(of.phase === 'resolved' ? [opened, resolved] : [opened], of, offline).map(
    ({ kind, at }) => `${at} ${kind}`,
  )

test.each<[string, NodeAlert, Parameters<typeof withStaleLines>[2], string[]]>([
  ['never offline', over, [], ['1000 opened', '9000 resolved']],
  [
    'offline for a time',
    over,
    [{ openedAt: 3_000, resolvedAt: 4_000 }],
    ['1000 opened', '3000 stale', '4000 returned', '9000 resolved'],
  ],
  ['still offline', alert, [{ openedAt: 3_000 }], ['1000 opened', '3000 stale']],
  [
    'offline before it fired',
    over,
    [{ openedAt: 500, resolvedAt: 2_000 }],
    ['1000 opened', '1000 stale', '2000 returned', '9000 resolved'],
  ],
  [
    'offline until it ended',
    over,
    [{ openedAt: 3_000, resolvedAt: 9_000 }],
    ['1000 opened', '3000 stale', '9000 resolved'],
  ],
  [
    'offline at another time',
    over,
    [
      { openedAt: 9_000, resolvedAt: 9_500 },
      { openedAt: 100, resolvedAt: 900 },
    ],
    ['1000 opened', '9000 resolved'],
  ],
])('the timeline of an alert whose node was %s', (_, of, offline, lines) => {
  expect(linesOf(of, offline)).toEqual(lines)
})

test('an offline alert is never stale itself', () => {
  expect(linesOf({ ...over, kind: 'offline' }, [{ openedAt: 3_000 }])).toEqual(['1000 opened', '9000 resolved'])
})
