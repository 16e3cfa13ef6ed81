import { describe, expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import type { Alert, AlertEvent } from '../alert/alert.ts'
import { historyDetails, historyText, searchable } from './history-details.ts'

const event = (kind: AlertEvent['kind'], at: number, part: Partial<AlertEvent> = {}): AlertEvent => ({
  alertId: anAlert().id,
  kind,
  at,
  ...part,
})

describe('the details of an alert', () => {
  const warning = anAlert({ severity: 'warning', value: 86 })
  const below = anAlert({ condition: 'less', value: 4 })
  const offline = anAlert({ kind: 'offline', value: null })

  test.each<[string, Alert, AlertEvent[], object]>([
    ['nothing happened', warning, [], { worst: 'warning', worstValue: 86, flapped: false, notified: [] }],
    [
      'it was critical before it eased',
      warning,
      [
        event('escalated', 2, { severity: 'critical', value: 97 }),
        event('eased', 3, { severity: 'warning', value: 86 }),
      ],
      { worst: 'critical', worstValue: 97 },
    ],
    ['a value below its level', below, [event('escalated', 2, { value: 2 })], { worstValue: 2 }],
    ['the value at its end is no worst one', warning, [event('resolved', 9, { value: 120 })], { worstValue: 86 }],
    ['no value', offline, [event('opened', 1, { severity: 'critical' })], { worstValue: null }],
    [
      'the first of two acknowledgements, whatever their order',
      warning,
      [event('acknowledged', 7, { by: 'ben' }), event('acknowledged', 5, { by: 'anna' })],
      { acknowledged: { by: 'anna', at: 5 } },
    ],
    [
      'an acknowledgement of a colleague, of which this console has no event',
      anAlert({ acknowledgement: { by: 'carla', at: 3, comment: '' } }),
      [event('acknowledged', 7, { by: 'ben' })],
      { acknowledged: { by: 'carla', at: 3 } },
    ],
    ['an acknowledgement that was taken back', warning, [event('acknowledged', 5, { by: 'anna' }), event('unacknowledged', 6)], { acknowledged: { by: 'anna', at: 5 } }], // prettier-ignore
    ['silenced', warning, [event('silenced', 5, { by: 'ben' }), event('silenced', 4, { by: 'anna' })], { silencedBy: 'anna' }], // prettier-ignore
    ['it flapped', warning, [event('flapping', 5), event('settled', 9)], { flapped: true }],
    ['it is flapping', anAlert({ flappingSince: 5 }), [], { flapped: true }],
    [
      'shown twice alone and once in a digest; without `as` by an earlier version',
      warning,
      [event('notified', 1, { as: 'digest' }), event('notified', 2), event('notified', 3, { as: 'popup' })],
      { notified: ['popup', 'digest'] },
    ],
  ])('%s', (_name, alert, events, expected) => {
    expect(historyDetails(alert, events)).toMatchObject(expected)
  })
})

describe('a search', () => {
  const noted = anAlert({
    nodeId: 'db-ÄRGER-1',
    acknowledgement: { by: 'anna', at: 1, comment: 'looking at it' },
    notes: [{ kind: 'assigned', by: 'ben', at: 2, comment: 'moved the batch job', to: 'carla' }],
  })
  const finds = (text: string, alert: Alert = noted, events: AlertEvent[] = []): boolean =>
    historyText(alert, events).includes(searchable(text))

  test.each([
    ['ärger', true],
    ['A\u0308RGER', true],
    ['  SERVER-alpha ', true],
    ['cpu usage', true],
    ['cpu_usage', true],
    ['anna', true],
    ['Batch\u00a0 job', true],
    ['carla', true],
    ['offline', false],
    ['no data', false],
    ['alpha cpu', false],
  ])('for %s: %s', (text, isFound) => {
    expect(finds(text)).toBe(isFound)
  })

  test('finds kinds by their words, and comments of events that the alert no longer has', () => {
    expect(finds('Node offline'.slice(5), anAlert({ kind: 'offline', metric: '' }))).toBe(true)
    expect(finds('no DATA', anAlert({ kind: 'no-data' }))).toBe(true)
    expect(finds('gone', anAlert(), [event('acknowledged', 1, { by: 'x', comment: 'it is GONE' })])).toBe(true)
  })
})
