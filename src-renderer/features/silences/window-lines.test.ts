import { expect, test } from 'vitest'
import { aWeekly } from '#shared/silence/silence-builders.ts'
import { zoneOffset } from '../../live/zone-offset.ts'
import { nextWindowLines } from './window-lines.ts'

const format = { offsetAt: zoneOffset('Europe/Zurich') }
const plain = (text: string): string => text.replaceAll('\u202f', ' ')
const lines = (schedule: Parameters<typeof nextWindowLines>[0], now: string): string[] =>
  nextWindowLines(schedule, Date.parse(now), format).map(({ text, note }) => plain(note ? `${text}: ${note}` : text))

test('the next windows, and the one in which the clocks change', () => {
  expect(lines(aWeekly(), '2026-11-24T11:00:00Z')).toEqual([
    'Sun 29 Nov 02:00 to 04:00, 2 h',
    'Sun 6 Dec 02:00 to 04:00, 2 h',
    'Sun 13 Dec 02:00 to 04:00, 2 h',
    'Sun 28 Mar 2027 03:00 to 04:00, 1 h: The clocks change in this window: it is 1 h shorter.',
  ])
})

test('clocks that are set back make a window longer', () => {
  expect(lines(aWeekly({ days: [6], from: '22:00', to: '06:00', daysLater: 1 }), '2026-10-23T11:00:00Z')[0]).toBe(
    'Sat 24 Oct 22:00 to Sun 25 Oct 06:00, 9 h: The clocks change in this window: it is 1 h longer.',
  )
})

test('a window that the change does not touch is not listed for it', () => {
  expect(lines(aWeekly({ days: [3], from: '22:00', to: '23:00' }), '2026-11-24T11:00:00Z')).toHaveLength(3)
})

test('the window that is active now is the first', () => {
  expect(lines(aWeekly(), '2026-11-29T02:00:00Z')[0]).toBe('Sun 29 Nov 02:00 to 04:00, 2 h')
})
