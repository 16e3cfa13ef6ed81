import { describe, expect, test } from 'vitest'
import type { Alert } from '../alert/alert.ts'
import type { Health } from './health.ts'
import { catchingUpText, healthLine, trayState, trayTooltip } from './health-text.ts'
import type { TrayState } from './health-text.ts'

const noon = 1_800_014_400_000
const at = (second: number): number => noon + second * 1000

const live: Health = { kind: 'live', behindMs: 400 }
const catchingUp = { kind: 'catching-up', lagMessages: 12_345, behindMs: 125_000 } as const
const empty: Health = { kind: 'empty', pattern: '^metrics-' }
const blind = (cause: Extract<Health, { kind: 'blind' }>['cause']): Health => ({
  kind: 'blind',
  since: at(131),
  cause,
  detail: '',
})

const alert = { phase: 'firing', severity: 'warning' } as Alert
const critical = { ...alert, severity: 'critical' } as Alert
const taken = { ...critical, acknowledgement: { by: 'ada', at: at(0), comment: '', until: at(60) } } as Alert
const offline = { ...critical, kind: 'offline', nodeId: 'node-9' } as Alert
const onOffline = { ...critical, kind: 'value', nodeId: 'node-9' } as Alert
/** Silenced by its node. */
const silenced = { ...critical, nodeId: 'silenced' } as Alert
const isSilenced = ({ nodeId }: Alert): boolean => nodeId === 'silenced'
const over = { ...critical, phase: 'resolved' } as Alert

describe('the tray', () => {
  test.each<[string, Health, Alert[], string]>([
    ['ok without alerts', live, [over], 'ok'],
    ['warning', live, [alert, over], 'warning'],
    ['critical', live, [alert, critical], 'critical'],
    ['warning with a critical alert that is acknowledged', live, [alert, taken], 'warning'],
    ['ok if all alerts are acknowledged', live, [taken], 'ok'],
    ['ok if all alerts are silenced', live, [silenced], 'ok'],
    ['as bad as what is not silenced', live, [silenced, alert], 'warning'],
    [
      'as bad as an offline alert, without the alerts that it inhibits',
      live,
      [{ ...offline, severity: 'warning' }, onOffline],
      'warning',
    ],
    ['catching up, whatever the alerts', catchingUp, [critical], 'catching-up'],
    ['blind, whatever the alerts', blind('disconnected'), [critical], 'blind'],
    ['blind if health is empty', empty, [], 'blind'],
  ])('is %s', (_, health, alerts, state) => {
    expect(trayState({ health, alerts, isSilenced }, at(0))).toBe(state)
  })

  test('is critical again after the acknowledgement expired', () => {
    expect(trayState({ health: live, alerts: [taken], isSilenced }, at(60))).toBe('critical')
  })

  test.each<[Health, Alert[], string, { pending?: number; silentNodes?: number }?]>([
    [live, [critical, taken, alert, over], 'ReMo: 2 critical, 1 warning · live'],
    [live, [], 'ReMo: no alerts · live'],
    [live, [], 'ReMo: 1 pending, 1 node silent · live', { pending: 1, silentNodes: 1 }],
    [live, [offline, onOffline, alert], 'ReMo: 1 critical, 1 warning, 2 nodes silent · live', { silentNodes: 2 }],
    [live, [silenced, alert], 'ReMo: 1 warning, 1 silenced · live'],
    [live, [silenced, silenced], 'ReMo: 2 silenced · live'],
    [catchingUp, [alert], 'ReMo: 1 warning · catching up, 2 m 5 s behind'],
    [blind('disconnected'), [critical], 'ReMo: not connected since 12:02'],
    [blind('no-records'), [], 'ReMo: no data on any topic since 12:02'],
    [empty, [], 'ReMo: connected, no metrics yet'],
  ])('says %#', (health, alerts, text, { pending = 0, silentNodes = 0 } = {}) => {
    expect(
      trayTooltip({ health, alerts, isSilenced, pending, silentNodes }, { now: noon, offsetMinutes: 0 }).replaceAll(
        '\u202f',
        ' ',
      ),
    ).toBe(text)
  })
})

test.each<[Health, string]>([
  [live, 'Live · 0.4 s behind'],
  [catchingUp, 'Catching up · 12,345 messages, 2 m 5 s behind'],
  [
    { ...catchingUp, messagesPerSecond: 2400, leftMs: 65_000 },
    'Catching up · 12,345 messages, 2 m 5 s behind · about 1 m 5 s left',
  ],
  [{ ...catchingUp, messagesPerSecond: 2400 }, 'Catching up · 12,345 messages, 2 m 5 s behind'],
  [blind('connecting'), 'Not connected since 13:02:11'],
  [blind('storage'), 'Unable to store messages since 13:02:11'],
  [blind('data-thread'), 'Monitoring down since 13:02:11'],
  [empty, 'Connected, but no metrics yet on topics that match ^metrics-'],
])('health is one line: %#', (health, line) => {
  expect(healthLine(health, { now: noon, offsetMinutes: 60 }).replaceAll('\u202f', ' ')).toBe(line)
})

test.each([
  [{}, 'Catching up: 12,345 messages left to read. Values are 2 m 5 s old.'],
  [
    { messagesPerSecond: 2437.4, leftMs: 5064 },
    'Catching up: 12,345 messages left to read at 2,437 messages/s, about 6 s left. Values are 2 m 5 s old.',
  ],
  [
    { messagesPerSecond: 900_000, leftMs: 0 },
    'Catching up: 12,345 messages left to read at 900,000 messages/s, about 1 s left. Values are 2 m 5 s old.',
  ],
  [
    { messagesPerSecond: 1.24 },
    'Catching up: 12,345 messages left to read at 1.2 messages/s; new ones arrive at least as fast. Values are 2 m 5 s old.',
  ],
  [
    { messagesPerSecond: 0 },
    'Catching up: 12,345 messages left to read; no message was read in the last seconds. Values are 2 m 5 s old.',
  ],
])('a backlog has rate and time left, if they are known: %#', (progress, text) => {
  expect(catchingUpText({ ...catchingUp, ...progress }).replaceAll('\u202f', ' ')).toBe(text)
})

describe('do not disturb in the tray', () => {
  const pausedUntil = noon + 42 * 60_000

  test.each<[string, Health, Alert[], TrayState]>([
    ['a moon', live, [], 'do-not-disturb'],
    ['a moon rather than a warning', live, [alert], 'do-not-disturb'],
    ['critical rather than a moon', live, [critical], 'critical'],
    ['blind rather than a moon', blind('disconnected'), [], 'blind'],
    ['catching up rather than a moon', catchingUp, [], 'catching-up'],
  ])('is %s', (_, health, alerts, state) => {
    expect(trayState({ health, alerts, isSilenced, pausedUntil }, noon)).toBe(state)
  })

  test('counts down in the tooltip, and is over at its end', () => {
    const tooltip = (now: number): string =>
      trayTooltip(
        { health: live, alerts: [alert], isSilenced, pending: 0, silentNodes: 0, pausedUntil },
        { now, offsetMinutes: 0 },
      ).replaceAll('\u202f', ' ')
    expect(tooltip(noon)).toBe('ReMo: 1 warning · live · do not disturb, 42 m left')
    expect(tooltip(noon + 41 * 60_000 + 10_000)).toMatch(/do not disturb, 50 s left$/)
    expect(tooltip(pausedUntil)).toBe('ReMo: 1 warning · live')
    expect(trayState({ health: live, alerts: [alert], isSilenced, pausedUntil }, pausedUntil)).toBe('warning')
  })
})
