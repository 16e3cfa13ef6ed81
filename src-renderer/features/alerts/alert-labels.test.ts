import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { clearsText, eventText, metricText, ruleText, thresholdText } from './alert-labels.ts'

const plain = (text: string): string => text.replaceAll('\u202f', ' ')

test('a value alert shows its condition and when it resolves', () => {
  const alert = anAlert()
  expect(plain(thresholdText(alert, '') + clearsText(alert, aRule(), ''))).toBe('> 95 % for 2 m, clears below 75 %')
  expect(ruleText(alert, aRule(), '')).toBe('All nodes · CPU usage · v1')
  expect(ruleText(alert, undefined, '')).toBe('CPU usage · v1 (since changed or deleted)')
})

test('a no-data alert shows times, not values', () => {
  const alert = anAlert({ kind: 'no-data', value: null, threshold: 60 })
  expect(plain(`${metricText(alert, '')}: ${thresholdText(alert, '')}${clearsText(alert, undefined, '')}`)).toBe(
    'No CPU data: no data for 1 m, resolves with the next sample',
  )
})

test('a line of the timeline has a word, a value and a name', () => {
  const event = { alertId: '', at: 0 }
  expect(plain(eventText({ ...event, kind: 'escalated', severity: 'critical', value: 97.2 }, '%').text)).toBe(
    'Escalated to critical at 97.2 %',
  )
  expect(eventText({ ...event, kind: 'acknowledged', by: 'anna', comment: 'on it' }, '').text).toBe(
    'Acknowledged by anna: “on it”',
  )
})
