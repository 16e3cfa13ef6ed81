import { describe, expect, test } from 'vitest'
import { type Alert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert, anOwnAlert, noneSilenced } from '#shared/alert/alert-builders.ts'
import type { ActivePause } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Health } from '#shared/health/health.ts'
import type { TrayItem, TrayMenuFacts } from './tray-item.ts'
import { trayMenu } from './tray-menu.ts'

const pause = { active: undefined, offsetAt: () => 0 }
const problems = { acknowledge: undefined, silence: undefined }
const clock = { now: 100_000, offsetMinutes: 0, clearLevelOf: () => 75, problems, hidesDetails: false, pause }
const live: Health = { kind: 'live', behindMs: 300 }
const nothingElse = { isSilenced: noneSilenced, pending: 0, silentNodes: 0 }

/** A warning of the node with this number; higher numbers opened later. */
const onNode = (number: number, over: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: `id-${number}`, nodeId: `node-${number}`, severity: 'warning', openedAt: number, ...over })
const alertsIn = (alerts: readonly NodeAlert[], health = live): string[] =>
  trayMenu({ health, alerts, ...nothingElse }, clock).flatMap((item) =>
    item.kind === 'alert'
      ? item.items.flatMap((act) =>
          act.kind === 'act' && act.action.kind === 'open' ? [act.action.alertId ?? ''] : [],
        )
      : [],
  )
const textsIn = (health: Health, alerts: readonly NodeAlert[] = []): string[] =>
  trayMenu({ health, alerts, ...nothingElse }, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))

test('the three worst alerts can be opened: critical, not yet acknowledged, newest first', () => {
  const acknowledgement = { by: 'ada', at: 0, comment: '' }
  const alerts = [
    onNode(1),
    onNode(2),
    onNode(3, { severity: 'critical', acknowledgement }),
    onNode(4, { severity: 'critical' }),
    onNode(5),
  ]
  expect(alertsIn(alerts)).toEqual(['id-4', 'id-3', 'id-5'])
  expect(textsIn(live, alerts)).toEqual(['2 critical, 3 warning', 'Live', '2 more alerts'])
})

test('the shape shows the severity, not the color', () => {
  const labels = trayMenu(
    { health: live, alerts: [onNode(1), onNode(2, { severity: 'critical' })], ...nothingElse },
    clock,
  ).flatMap((item) => (item.kind === 'alert' ? [item.label.slice(0, 8)] : []))
  expect(labels).toEqual(['■ node-2', '▲ node-1'])
})

test('a lowered alert says when it resolves', () => {
  const menu = trayMenu({ health: live, alerts: [onNode(1, { threshold: 85, value: 82.9 })], ...nothingElse }, clock)
  const item = menu.find(({ kind }) => kind === 'alert')
  expect(item).toMatchObject({ label: '▲ node-1 CPU 82.9\u202f%, clears below 75\u202f%' })
})

test('"No alerts" is shown only while live', () => {
  expect([
    textsIn(live),
    textsIn({ kind: 'blind', since: 0, cause: 'disconnected', detail: 'x' }),
    textsIn({ kind: 'catching-up', lagMessages: 9, behindMs: 9000 }),
  ]).toEqual([['No alerts', 'Live'], ['Not connected since 00:00:00'], ['Catching up']])
})

test('what is pending and silent is counted, and "No alerts" is not claimed beside it', () => {
  const facts = { health: live, alerts: [], isSilenced: noneSilenced, pending: 1, silentNodes: 2 }
  const texts = trayMenu(facts, clock).flatMap((item) => (item.kind === 'text' ? [item.label] : []))
  expect(texts).toEqual(['1 pending, 2 nodes silent', 'Live'])
})

test('the alerts of an offline node are not listed beside its offline alert', () => {
  const offline = onNode(7, { kind: 'offline', metric: '', value: null })
  expect(alertsIn([offline, onNode(8), onNode(9, { nodeId: 'node-7', severity: 'critical' })])).toEqual([
    'id-8',
    'id-7',
  ])
})

test('silenced alerts are counted and not listed', () => {
  const facts = {
    health: live,
    alerts: [onNode(1), onNode(2, { severity: 'critical' })],
    ...nothingElse,
    isSilenced: ({ nodeId }: Alert) => nodeId === 'node-2',
  }
  const labels = (of: typeof facts): string[] =>
    trayMenu(of, clock).flatMap((item) =>
      item.kind === 'alert' || item.kind === 'text' ? [item.label.slice(0, 10)] : [],
    )
  expect(labels(facts)).toEqual(['1 warning,', 'Live', '▲ node-1 C'])
  expect(labels({ ...facts, isSilenced: () => true })).toEqual(['2 silenced', 'Live'])
})

test('open, do not disturb and quit are always there', () => {
  expect(
    trayMenu({ health: { kind: 'empty', pattern: '^metrics-' }, alerts: [], ...nothingElse }, clock).map(
      ({ kind }) => kind,
    ),
  ).toEqual([
    'text',
    'line',
    'hide-details',
    'line',
    'heading',
    'pause',
    'pause',
    'pause',
    'pause',
    'line',
    'open',
    'quit',
  ])
})

describe('do not disturb', () => {
  const noon = Date.UTC(2026, 10, 24, 12, 4)
  const minutes = 60_000
  const itemsWith = (active: ActivePause | undefined) =>
    trayMenu(
      { health: live, alerts: [], ...nothingElse },
      { ...clock, now: noon, pause: { active, offsetAt: () => 60 } },
    )
  const linesWith = (active: ActivePause | undefined): string[] =>
    itemsWith(active).flatMap((item) =>
      item.kind === 'heading' || item.kind === 'pause'
        ? [`${item.kind === 'pause' && item.isChosen ? '✓ ' : ''}${item.label.replaceAll('\u202f', ' ')}`]
        : [],
    )

  test('off: the choices', () => {
    expect(linesWith(undefined)).toEqual(['Do not disturb', '15 m', '1 h', '4 h', 'Until 08:00'])
  })

  test('on: its end, the choice in force, and how to change it', () => {
    const until = noon + 42 * minutes
    expect(linesWith({ until, cause: 'pause', choice: '1h' })).toEqual([
      'Do not disturb: until 13:46',
      '15 m',
      '✓ 1 h, until 13:46',
      '4 h',
      'Until 08:00',
      '15 m more',
      'End now',
    ])
    expect(linesWith({ until: noon + 19 * 60 * minutes, cause: 'quiet-hours' })[0]).toBe(
      'Do not disturb: until tomorrow 08:04',
    )
  })

  test('a minute later it is the same: setting it again would close an open menu', () => {
    const active = { until: noon + 42 * minutes, cause: 'pause', choice: '1h' } as const
    const later = trayMenu(
      { health: live, alerts: [], ...nothingElse },
      { ...clock, now: noon + minutes, pause: { active, offsetAt: () => 60 } },
    )
    expect(later).toEqual(itemsWith(active))
  })
})

describe('what can be done', () => {
  const five = [
    onNode(17, { severity: 'critical' }),
    onNode(31, { severity: 'critical' }),
    onNode(3),
    onNode(22),
    onNode(40),
  ]
  const linesOf = (items: readonly TrayItem[]): string[] =>
    items.flatMap((item) => {
      if (item.kind === 'line') return []
      const isOff = 'isEnabled' in item && !item.isEnabled
      const below = item.kind === 'alert' ? linesOf(item.items).map((line) => `  ${line}`) : []
      return [`${item.label.replaceAll('\u202f', ' ')}${isOff ? ' (off)' : ''}`, ...below]
    })
  const menuWith = (alerts: readonly Alert[], change: Partial<TrayMenuFacts> = {}): string[] => {
    const lines = linesOf(trayMenu({ health: live, alerts, ...nothingElse }, { ...clock, ...change }))
    return lines.slice(0, lines.indexOf('Do not disturb'))
  }

  test('an alert has a menu of its own, and all of them one entry that asks', () => {
    expect(menuWith(five.slice(0, 2))).toEqual([
      '2 critical',
      'Live',
      '■ node-31 CPU 97.2 % > 95 % for 2 m',
      '  Open',
      '  Acknowledge',
      '  Silence 1 h',
      '■ node-17 CPU 97.2 % > 95 % for 2 m',
      '  Open',
      '  Acknowledge',
      '  Silence 1 h',
      'Acknowledge all 2…',
      'Hide names and values',
    ])
    expect(menuWith(five)).toContain('Acknowledge all 5…')
  })

  test('the acts are of that alert', () => {
    const items = trayMenu({ health: live, alerts: [onNode(1)], ...nothingElse }, clock)
    const acts = items.flatMap((item) => (item.kind === 'alert' ? item.items : []))
    expect(acts.map((act) => act.kind === 'act' && act.action)).toEqual([
      { kind: 'open', alertId: 'id-1' },
      { kind: 'acknowledge', alertIds: ['id-1'] },
      { kind: 'silence', alertIds: ['id-1'] },
    ])
  })

  test('one that is acknowledged says by whom, and is not counted for all', () => {
    const acknowledgement = { by: 'bob', at: 0, comment: '' }
    const lines = menuWith([onNode(1), onNode(2, { acknowledgement })])
    expect(lines).toContain('  Acknowledged by bob (off)')
    expect(lines.join()).not.toContain('Acknowledge all')
    const ended = menuWith([onNode(1), onNode(2, { acknowledgement: { ...acknowledgement, until: clock.now } })])
    expect(ended).toContain('Acknowledge all 2…')
  })

  test('without the permission the entries are off and say why; open is not', () => {
    const refused = {
      acknowledge: 'Your role is view-only. Ask an operator or administrator to acknowledge.',
      silence: 'Your role is view-only. Ask an operator or administrator to silence.',
    }
    expect(menuWith(five.slice(0, 2), { problems: refused }).slice(2)).toEqual([
      '■ node-31 CPU 97.2 % > 95 % for 2 m',
      '  Open',
      '  Acknowledge (off)',
      '  Silence 1 h (off)',
      '  Your role is view-only',
      '■ node-17 CPU 97.2 % > 95 % for 2 m',
      '  Open',
      '  Acknowledge (off)',
      '  Silence 1 h (off)',
      '  Your role is view-only',
      'Acknowledge all 2… (off)',
      'Your role is view-only',
      'Hide names and values',
    ])
  })

  test('without the permission, those of what this console says about itself are on', () => {
    const refused = { acknowledge: 'You are signed out. Sign in and try again.', silence: 'You are signed out.' }
    const lines = menuWith([anOwnAlert({ severity: 'critical' })], { problems: refused })
    expect(lines).toEqual(expect.arrayContaining(['  Acknowledge', `  Silence 1 h`]))
  })

  test('while details are hidden there are counts only', () => {
    const lines = menuWith(five, { hidesDetails: true })
    expect(lines).toEqual(['2 critical, 3 warning', 'Live', 'Acknowledge all 5…', 'Hide names and values'])
    expect(menuWith([onNode(1)], { hidesDetails: true })).toContain('Acknowledge 1 alert…')
  })

  test('2,000 alerts make no longer menu, and the same one while none of the worst changes', () => {
    const many = Array.from({ length: 2000 }, (_, i) => onNode(i, { severity: 'critical' }))
    const items = (alerts: readonly Alert[]) => trayMenu({ health: live, alerts, ...nothingElse }, clock)
    expect(items(many).length).toBeLessThan(20)
    const [oldest, ...rest] = many
    const changed = oldest ? [{ ...oldest, value: 99 }, ...rest] : []
    expect(items(changed)).toEqual(items(many))
  })
})
