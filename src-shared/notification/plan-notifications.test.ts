import { describe, expect, test } from 'vitest'
import type { Health } from '../health/health.ts'
import { type Alert, type NodeAlert } from '../alert/alert.ts'
import { anAlert, noneSilenced } from '../alert/alert-builders.ts'
import { alertLine, alertSentence, notificationText } from '../alert/alert-text.ts'
import { disturbanceAllowed } from '../do-not-disturb/do-not-disturb.ts'
import { planNotifications, refreshedPopup } from './plan-notifications.ts'
import type { NotificationContext } from './plan-notifications.ts'
import type { QueuedNotification } from './queued-notification.ts'

const live: Health = { kind: 'live', behindMs: 100 }
const notLive: Health[] = [
  { kind: 'catching-up', lagMessages: 10, behindMs: 60_000 },
  { kind: 'blind', since: 0, cause: 'disconnected', detail: '' },
  { kind: 'empty', pattern: '^metrics-' },
]

/** An alert of the node with this number. */
const onNode = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: `id-${node}`, nodeId: `node-${node}`, nodeName: `Server-${node}`, value: 97.24, ...change })

const due = (...alerts: NodeAlert[]): QueuedNotification[] =>
  alerts.map((alert) => ({ alert, transition: 'opened', wasShown: false }))
const ctx = (change: Partial<NotificationContext> = {}): NotificationContext => ({
  health: live,
  awayDigest: false,
  doNotDisturb: disturbanceAllowed,
  shownLastMinute: 0,
  clearLevelOf: () => 75,
  timeOf: () => '14:02:03',
  now: 0,
  firing: [],
  isSilenced: noneSilenced,
  isSummaryShown: false,
  ...change,
})
const items = (list: readonly QueuedNotification[]) =>
  list.map(({ alert, transition }) => ({ alertId: alert.id, transition }))
/** With plain spaces. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

describe('an alert in words', () => {
  test.each<[NodeAlert, string]>([
    [onNode(12), 'CPU 97.2 % > 95 % for 2 m'],
    [onNode(1, { forSeconds: 0, condition: 'less', threshold: 12.5, value: 3 }), 'CPU 3.0 % < 12.5 %'],
    [onNode(1, { metric: 'disk_io', value: 412.3, threshold: 400 }), 'Disk I/O 412 MB/s > 400 MB/s for 2 m'],
    [onNode(1, { value: 95.04 }), 'CPU 95.04 % > 95 % for 2 m'],
    [onNode(1, { metric: 'errors', value: 0.001, threshold: 0, forSeconds: 0 }), 'Errors 0.001 > 0'],
    [onNode(1, { metric: 'disk_io', value: 123_457, threshold: 400, forSeconds: 0 }), 'Disk I/O 123 GB/s > 400 MB/s'],
    [onNode(1, { severity: 'warning', value: 82.9, threshold: 85 }), 'CPU 82.9 %, clears below 75 %'],
    [onNode(1, { severity: 'warning', value: 75.04, threshold: 85 }), 'CPU 75.04 %, clears below 75 %'],
    [onNode(1, { condition: 'less', value: 26, threshold: 20 }), 'CPU 26.0 %, clears above 75 %'],
    [onNode(1, { kind: 'no-data', value: null, threshold: 60 }), 'no CPU data for 1 m'],
    [onNode(1, { kind: 'offline', metric: '', value: null, threshold: 60 }), 'offline, no sample for 1 m'],
  ])('%#', (alert, line) => {
    expect(plain(alertSentence(alert, { clear: 75 }))).toBe(line)
  })

  test('says when an offline node was last seen', () => {
    const alert = onNode(17, { kind: 'offline', metric: '', value: null, threshold: 60 })
    expect(alertLine(alert, { timeOf: () => '14:02:03' })).toBe('node-17 is offline, last seen 14:02:03')
  })

  test('says that a lowered alert has not cleared if its clear level is unknown', () => {
    const alert = onNode(1, { severity: 'warning', value: 82.9, threshold: 85 })
    expect(plain(alertSentence(alert))).toBe('CPU 82.9 %, not cleared yet')
  })

  test("of an unknown metric has the producer's unit", () => {
    expect(plain(alertSentence(onNode(1, { metric: 'board_temp', forSeconds: 0 }), { unit: '°C' }))).toBe(
      'Board temp 97.2 °C > 95 °C',
    )
  })

  test('is a notification of at most 200 characters', () => {
    const { title, body } = notificationText(onNode(12))
    expect([title, body].map(plain)).toEqual([
      '[CRITICAL] node-12 CPU 97.2 % > 95 % for 2 m',
      'Server-12: click to open the alert.',
    ])
    const long = notificationText(onNode(1, { nodeId: '😀'.repeat(64), nodeName: 'x'.repeat(256) }))
    expect(long.title.length + long.body.length).toBe(200)
  })
})

describe('a queued notification', () => {
  test.each(notLive)('waits while health is $kind', (health) => {
    const all = due(onNode(1), onNode(2, { severity: 'warning' }), onNode(3, { phase: 'resolved' }))
    expect(planNotifications(all, ctx({ health }))).toEqual({ show: [], drop: [], wait: all })
  })

  test('is one popup if it is critical and still fires; the others are dropped without a popup', () => {
    const shown = due(onNode(1))
    const dropped = due(
      onNode(2, { severity: 'warning' }),
      onNode(3, { phase: 'resolved' }),
      onNode(4, { acknowledgement: { by: 'ada', at: 0, comment: '' } }),
    )
    const plan = planNotifications([...dropped, ...shown], ctx())
    expect(plan).toEqual({
      show: [
        {
          kind: 'alert',
          tag: 'id-1',
          severity: 'critical',
          ...notificationText(onNode(1)),
          alertId: 'id-1',
          settles: items(shown),
        },
      ],
      drop: items(dropped),
      wait: [],
    })
  })

  test('is shown once if one alert opened and escalated', () => {
    const both: QueuedNotification[] = [
      { alert: onNode(1), transition: 'opened', wasShown: false },
      { alert: onNode(1), transition: 'escalated', wasShown: true },
    ]
    const { show } = planNotifications(both, ctx())
    expect(show.map(({ settles }) => settles)).toEqual([items(both)])
  })

  test('is one summary from the fourth alert on', () => {
    const three = planNotifications(due(onNode(1), onNode(2), onNode(3)), ctx())
    expect(three.show.map(({ kind }) => kind)).toEqual(['alert', 'alert', 'alert'])
    const all = due(onNode(1), onNode(2), onNode(3), onNode(4), onNode(5))
    const { show, wait } = planNotifications(all, ctx())
    expect(wait).toEqual([])
    expect(show.map((popup) => ({ ...popup, body: plain(popup.body) }))).toEqual([
      {
        kind: 'summary',
        tag: 'summary',
        severity: 'critical',
        title: '[CRITICAL] 5 critical alerts',
        body: [1, 2, 3].map((node) => `node-${node} CPU 97.2 % > 95 % for 2 m`).join(', ') + ', +2',
        settles: items(all),
      },
    ])
  })

  test.each([
    [0, 3, ['alert', 'alert', 'alert']],
    [2, 3, ['alert', 'alert', 'alert']],
    [3, 3, ['summary']],
    [4, 1, ['alert']],
    [5, 1, ['summary']],
    [6, 1, []],
    [9, 4, []],
  ])('with %i popups in the last minute and %i more alerts, becomes %j', (shownLastMinute, count, kinds) => {
    const all = due(...Array.from({ length: count }, (_, node) => onNode(node)))
    const plan = planNotifications(all, ctx({ shownLastMinute }))
    expect(plan.show.map(({ kind }) => kind)).toEqual(kinds)
    expect(plan.wait).toEqual(kinds.length === 0 ? all : [])
  })

  test('is one digest after time away', () => {
    const all = due(
      onNode(1, { severity: 'warning' }),
      onNode(2),
      onNode(3, { phase: 'resolved' }),
      onNode(4),
      onNode(5, { severity: 'warning', phase: 'resolved' }),
    )
    const { show, drop, wait } = planNotifications(all, ctx({ awayDigest: true, shownLastMinute: 6 }))
    expect({ drop, wait }).toEqual({ drop: [], wait: [] })
    expect(show.map((popup) => ({ ...popup, body: plain(popup.body) }))).toEqual([
      {
        kind: 'away',
        tag: 'away',
        severity: 'critical',
        title: 'While you were away: 3 critical (2 still firing), 2 warnings',
        body: [2, 4, 1].map((node) => `node-${node} CPU 97.2 % > 95 % for 2 m`).join(', '),
        settles: items(all),
      },
    ])
  })

  test('of an alert whose node is offline is not in the digest and waits', () => {
    const offline = onNode(1, { id: 'id-9', kind: 'offline', metric: '', value: null, threshold: 60 })
    const inhibited = due(onNode(1))
    const { show, wait } = planNotifications(
      [...due(offline), ...inhibited],
      ctx({ awayDigest: true, firing: [offline] }),
    )
    expect(show.map(({ title, settles }) => [title, settles.length])).toEqual([
      ['While you were away: 1 critical (1 still firing)', 1],
    ])
    expect(wait).toEqual(inhibited)
  })

  test('of a silenced alert waits, and is shown when no silence matches any more', () => {
    const all = due(onNode(1), onNode(2))
    const isSilenced = ({ id }: Alert): boolean => id === 'id-1'
    const plan = planNotifications(all, ctx({ isSilenced, firing: [onNode(1), onNode(2)] }))
    expect(plan.show.map(({ tag }) => tag)).toEqual(['id-2'])
    expect([plan.wait, plan.drop]).toEqual([due(onNode(1)), []])
    const later = planNotifications(plan.wait, ctx({ firing: [onNode(1), onNode(2)] }))
    expect(later.show.map(({ tag }) => tag)).toEqual(['id-1'])
  })

  test('of an alert that ended while it was silenced is dropped: no digest counts it', () => {
    const all = due(onNode(1, { phase: 'resolved' }), onNode(2))
    const isSilenced = ({ id }: Alert): boolean => id === 'id-1'
    const { show, drop } = planNotifications(all, ctx({ isSilenced, awayDigest: true }))
    expect(show.map(({ title }) => title)).toEqual(['While you were away: 1 critical (1 still firing)'])
    expect(drop).toEqual(items(due(onNode(1))))
  })

  test('a summary does not count silenced alerts', () => {
    const all = due(...[1, 2, 3, 4, 5].map((node) => onNode(node)))
    const isSilenced = ({ id }: Alert): boolean => id === 'id-1' || id === 'id-9'
    const { show } = planNotifications(all, ctx({ isSilenced, firing: [onNode(9)] }))
    expect(show.map(({ title }) => title)).toEqual(['[CRITICAL] 4 critical alerts'])
  })

  test('a popup leaves the screen when its alert is silenced; a summary counts the others', () => {
    const isSilenced = ({ id }: Alert): boolean => id === 'id-1'
    const list = due(onNode(1), onNode(2))
    const [first, second] = planNotifications(list, ctx()).show.map((popup, i) => ({
      popup,
      items: list.slice(i, i + 1),
    }))
    expect([
      first && refreshedPopup(first, ctx({ isSilenced })),
      second && refreshedPopup(second, ctx({ isSilenced }))?.tag,
    ]).toEqual([undefined, 'id-2'])
    const [popup] = planNotifications(list, ctx({ isSummaryShown: true })).show
    expect(popup && refreshedPopup({ popup, items: list }, ctx({ isSilenced }))?.title).toBe(
      '[CRITICAL] 1 critical alert',
    )
    expect(popup && refreshedPopup({ popup, items: list }, ctx({ isSilenced: () => true }))).toBeUndefined()
  })

  test('is absent after time away without alerts', () => {
    expect(planNotifications([], ctx({ awayDigest: true }))).toEqual({ show: [], drop: [], wait: [] })
  })
})
