import { expect, test } from 'vitest'
import { aSettingsView } from '../bridge/bridge-builders.ts'
import { dayHeading, daysText, isSameDay, startOfDay, weekdayAndDay } from './local-time.ts'
import { useTimeSettings } from './time-style.svelte.ts'

useTimeSettings(aSettingsView({ 'appearance.timeZone': 'utc' }))
const at = (text: string): number => Date.parse(`${text}Z`)
const now = at('2026-11-24T00:05:00')

test('a day is named, the last two by their distance', () => {
  expect(dayHeading(at('2026-11-24T00:01:00'), now)).toBe('Today, 24 November')
  expect(dayHeading(at('2026-11-23T23:59:00'), now)).toBe('Yesterday, 23 November')
  expect(dayHeading(at('2026-11-22T12:00:00'), now)).toBe('Sunday, 22 November')
  expect(weekdayAndDay(at('2026-11-08T12:00:00'))).toBe('Sun 8')
})

test('days of a range name a month once', () => {
  expect(daysText(at('2026-11-18T00:00:00'), now)).toBe('18 to 24 November')
  expect(daysText(at('2026-10-26T00:00:00'), now)).toBe('26 October to 24 November')
  expect(daysText(now, now)).toBe('24 November')
})

test('a day begins at midnight', () => {
  expect(startOfDay(now)).toBe(at('2026-11-24T00:00:00'))
  expect(startOfDay(now, 6)).toBe(at('2026-11-18T00:00:00'))
  expect(isSameDay(at('2026-11-23T23:59:59'), now)).toBe(false)
})
