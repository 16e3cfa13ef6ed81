import { describe, expect, test } from 'vitest'
import { alertCodec, alertEventCodec, storedAlertCodec, storedEventCodec } from '../codec/domain-codecs.ts'
import { decodeAlertRecord } from '../codec/record-codecs.ts'
import { AlertItem } from '../rest/alerts.ts'
import { compileMatchers, labelsOf, matchesOwnOnly } from '../silence/matchers.ts'
import { matchersFor } from '../silence/matchers-for.ts'
import { type Matcher, type MatcherOperator } from '../silence/silence.ts'
import { anAlert, anOwnAlert } from './alert-builders.ts'
import { alertLine, alertNode, alertValue } from './alert-text.ts'
import { Alert, type AlertEvent, isNodeAlert, isOwnAlert, OwnAlertKind } from './alert.ts'

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')
const timeOf = (): string => '12:02:09'
const kinds = OwnAlertKind.options

describe('an alert of the console about itself', () => {
  test.each([
    [anOwnAlert(), 'Reading lags 42 s behind Kafka > 30 s for 1 m'],
    [
      anOwnAlert({ severity: 'critical', value: 130, threshold: 120, forSeconds: 0 }),
      'Reading lags 2 m 10 s behind Kafka > 2 m',
    ],
    [anOwnAlert({ value: 20, worstValue: 500 }), 'Reading lags 20 s behind Kafka, not cleared yet'],
    [
      anOwnAlert({ kind: 'rejects', value: 12, threshold: 1, forSeconds: 300 }),
      '12 records a minute are rejected > 1 for 5 m',
    ],
    [anOwnAlert({ kind: 'blind', value: null, threshold: 60, forSeconds: 0 }), 'Monitoring is blind since 12:02:09'],
    [
      anOwnAlert({ kind: 'backend', severity: 'info', value: null, threshold: 300, forSeconds: 0 }),
      'Backend unreachable since 12:02:09',
    ],
  ])('says what it is: %#', (alert, line) => {
    expect(plain(alertLine(alert, { timeOf }))).toBe(line)
    expect(alertNode(alert)).toBe('This console')
  })

  test('has its value with a unit', () => {
    expect(plain(alertValue(anOwnAlert({ kind: 'rejects', value: 12 }), {}))).toBe('12 a minute')
  })

  test.each(kinds)('is stored as it is, and no other kind is mistaken for it: %s', (kind) => {
    const alert = anOwnAlert({ kind, severity: 'info', cause: 'why' })
    expect(Alert.parse(alert)).toEqual(alert)
    expect(storedAlertCodec.parse(storedAlertCodec.stringify(alert))).toEqual({ ok: true, value: alert })
    expect([isOwnAlert(alert), isNodeAlert(alert)]).toEqual([true, false])
    expect([isOwnAlert(anAlert()), isNodeAlert(anAlert())]).toEqual([false, true])
  })
})

describe('what travels never has one', () => {
  test.each(kinds)('neither a record of Kafka nor a row of the backend: %s', (kind) => {
    const alert = anOwnAlert({ kind })
    expect(alertCodec.decode(alert).ok).toBe(false)
    expect(decodeAlertRecord({ version: 1, alert }).ok).toBe(false)
  })

  test('neither a severity for information', () => {
    const event: AlertEvent = { alertId: anAlert().id, kind: 'opened', at: 1, severity: 'info' }
    expect(alertCodec.decode({ ...anAlert(), severity: 'info' }).ok).toBe(false)
    expect(alertEventCodec.decode(event).ok).toBe(false)
    expect(storedEventCodec.decode(event)).toEqual({ ok: true, value: event })
    expect(AlertItem.shape.severity.safeParse('info').success).toBe(false)
    for (const kind of kinds) expect(AlertItem.shape.kind.safeParse(kind).success).toBe(false)
  })
})

describe('silences', () => {
  const matcher = (name: string, operator: MatcherOperator, value: string): Matcher => ({ name, operator, value })
  const silences = (...matchers: Matcher[]): boolean =>
    compileMatchers(matchers)(labelsOf(anOwnAlert({ kind: 'blind' })))

  test('only who names its kind silences it', () => {
    expect(silences(matcher('kind', '=', 'blind'))).toBe(true)
    expect(silences(matcher('kind', '=~', 'lag|blind'), matcher('severity', '=', 'warning'))).toBe(true)
    expect(silences(matcher('severity', '=', 'warning'))).toBe(false)
    expect(silences(matcher('node', '!=', 'db-1'))).toBe(false)
    expect(silences(matcher('node', '=~', '.*'))).toBe(false)
    expect(silences(matcher('kind', '!=', 'offline'))).toBe(false)
  })

  test('of it alone is of this console alone', () => {
    expect(matchesOwnOnly([matcher('kind', '=', 'lag')])).toBe(true)
    expect(matchesOwnOnly([matcher('kind', '=~', 'lag|blind')])).toBe(true)
    expect(matchesOwnOnly([matcher('kind', '=~', 'lag|value')])).toBe(false)
    expect(matchesOwnOnly([matcher('node', '=', 'web-1')])).toBe(false)
    expect(matchesOwnOnly([matcher('kind', '!=', 'value')])).toBe(false)
  })

  test('are proposed by its kind, and not together with those of nodes', () => {
    expect(matchersFor([anOwnAlert()])).toEqual([matcher('kind', '=', 'lag')])
    expect(matchersFor([anOwnAlert(), anOwnAlert({ kind: 'blind' })])).toEqual([matcher('kind', '=~', 'blind|lag')])
    expect(matchersFor([anOwnAlert(), anAlert()])).toEqual(matchersFor([anAlert()]))
  })
})
