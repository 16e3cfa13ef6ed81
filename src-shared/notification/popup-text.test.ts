import { expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import type { Alert, NodeAlert } from '../alert/alert.ts'
import { anId } from '../rule/rule-builders.ts'
import { initialSettings } from '../settings/app-settings.ts'
import { buildPopup } from './build-popup.ts'
import type { PopupContent } from './build-popup.ts'
import type { PlanFacts, PopupItem } from './notification-plan.ts'
import { plain, TestPlanner } from './planner-builder.ts'

// Words and buttons of popups.

const clock = (time: string): number => Date.parse(`2026-11-24T${time}Z`)
const facts: PlanFacts = { ...new TestPlanner(initialSettings).facts(), now: clock('12:12:30') }

const node17 = anAlert({ nodeId: 'node-17', nodeName: 'Server-Quebec', since: clock('11:56:20') })
const cpu = (node: string, value: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({
    id: anId(node.length * 1000 + value * 10),
    nodeId: node,
    nodeName: node,
    value,
    since: facts.now,
    ...change,
  })
const offline = anAlert({
  nodeId: 'node-31',
  nodeName: 'Server-Eiffel',
  kind: 'offline',
  metric: '',
  value: null,
  since: clock('11:58:02'),
})
const items = (alerts: readonly Alert[]): PopupItem[] => alerts.map((alert) => ({ alert, transitions: ['opened'] }))

function popup(kind: PopupContent['kind'], of: readonly PopupItem[], change: Partial<PopupContent> = {}) {
  const content: PopupContent = {
    kind,
    tag: '',
    items: of,
    queued: [],
    isUpdate: false,
    isReminder: false,
    at: facts.now,
    ...change,
  }
  const { title, body, buttons } = buildPopup(content, facts)
  return [plain(title), plain(body), buttons.map(({ label }) => plain(label)).join(' | ')]
}

const others = Array.from({ length: 40 }, (_, i) => cpu(`web-${i}`, 96, { id: anId(500 + i) }))
const disk = cpu('node-22', 412, { severity: 'warning', metric: 'disk_io', threshold: 400 })
const ended = (change: Partial<NodeAlert> = {}): NodeAlert => ({
  ...node17,
  phase: 'resolved',
  resolvedAt: node17.since + 370_000,
  resolvedValue: 71,
  resolveReason: 'cleared',
  ...change,
})
const single = 'Acknowledge | Silence 1 h | Open'

test.each([
  ['one alert', popup('group', items([node17])), '[CRITICAL] node-17 CPU 97.2 % > 95 % for 2 m', 'Server-Quebec, since 11:56:20.', single], // prettier-ignore
  [
    'many',
    popup('group', items([...others, cpu('web-003', 98.8), cpu('web-117', 99.6), cpu('web-041', 99.2)])),
    '[CRITICAL] CPU > 95 % on 43 nodes',
    'web-117 99.6 %, web-041 99.2 %, web-003 98.8 % and 40 more.',
    'Acknowledge 43 | Silence 1 h | Open',
  ],
  [
    'a storm',
    popup(
      'storm',
      items([
        ...others,
        ...others
          .slice(0, 3)
          .map((a, i) => ({ ...a, id: anId(700 + i), nodeId: `db-${i}`, severity: 'warning' as const })),
        offline,
        cpu('x', 99, { metric: 'memory_usage' }),
      ]),
    ),
    '[CRITICAL] Storm: 42 critical, 3 warning',
    'CPU on 43 nodes, offline 1, memory 1. Updated 12:12:30.',
    'Open the list | Do not disturb 15 m',
  ],
  [
    'a recovery',
    popup('resolved', items([ended()])),
    'Resolved: node-17 CPU 71.0 %',
    'Was 97.2 %, lasted 6 m 10 s.',
    '',
  ],
  [
    'a recovery of an alert that was lowered before',
    popup('resolved', items([ended({ severity: 'warning', value: 18.8, worstValue: 97.2, threshold: 85 })])),
    'Resolved: node-17 CPU 71.0 %',
    'Was 97.2 %, lasted 6 m 10 s.',
    '',
  ],
  [
    'a recovery of one that an older version lowered: its worst value is unknown',
    popup('resolved', items([ended({ severity: 'warning', value: 18.8, threshold: 85 })])),
    'Resolved: node-17 CPU 71.0 %',
    'Lasted 6 m 10 s.',
    '',
  ],
  [
    'recoveries',
    popup('resolved', items([1, 2, 3, 4].map((n) => ended({ id: anId(n), nodeId: `n-${n}` })))),
    'Resolved: CPU on 4 nodes',
    'n-1 CPU 71.0 %, n-2 CPU 71.0 %, n-3 CPU 71.0 % and 1 more.',
    '',
  ],
  ['an offline node', popup('group', items([offline])), '[CRITICAL] node-31 is offline', 'Server-Eiffel. Last seen 11:58:02.', single], // prettier-ignore
  [
    'a reminder',
    popup('group', [{ alert: { ...node17, since: clock('11:55:00') }, transitions: [], value: 98 }], {
      isReminder: true,
    }),
    '[CRITICAL] node-17 CPU still 98.0 % > 95 %',
    'For 17 m, acknowledged by nobody.',
    single,
  ],
  [
    'a reminder below the level, in the hold',
    popup('group', [{ alert: node17, transitions: [], value: 80 }], { isReminder: true }),
    '[CRITICAL] node-17 CPU still 80.0 %, clears below 75 %',
    'For 16 m, acknowledged by nobody.',
    single,
  ],
  [
    'the end of do not disturb',
    popup(
      'held-back',
      [...items([1, 2, 3, 4].map((n) => ended({ id: anId(n), severity: 'warning' }))), ...items([disk])],
      { heldBack: { blind: [], forMs: 3_600_000 } },
    ),
    'Do not disturb ended after 1 h',
    '5 warnings fired, 4 resolved. 1 still fires: node-22 Disk I/O 412 MB/s.',
    'Open the list | Mark all seen',
  ],
  [
    'an acknowledgement that ended',
    popup('group', [{ alert: node17, transitions: ['expired'] }]),
    '[CRITICAL] node-17 CPU 97.2 % > 95 % for 2 m',
    'Its acknowledgement has ended. Server-Quebec, since 11:56:20.',
    single,
  ],
  [
    'of several rules',
    popup('rest', items([node17, disk])),
    '[CRITICAL] 1 critical, 1 warning',
    'node-17 CPU 97.2 %, node-22 Disk I/O 412 MB/s.',
    'Acknowledge 2 | Open the list',
  ],
])('%s', (_, words, ...expected) => {
  expect(words).toEqual(expected)
})

test('title and body have at most 200 characters, and no half of a pair', () => {
  const long = cpu('😀'.repeat(64), 99, { nodeName: 'x'.repeat(256) })
  const [title = '', body = ''] = popup('group', items([long]))
  expect(title.length + body.length).toBeLessThanOrEqual(200)
  expect(body).toMatch(/…$/)
})

test('marks of direction and invisible letters in names are written out', () => {
  expect(popup('group', items([cpu('node\u202e1', 99)]))[0]).toContain('node\\u202e1')
})
