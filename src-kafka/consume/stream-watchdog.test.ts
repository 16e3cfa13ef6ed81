import { expect, test } from 'vitest'
import { type ProgressMark, findStalled } from './stream-watchdog.ts'

function stalledAt(rounds: ReadonlyArray<{ now: number; offset: number; end: number }>): string[][] {
  let marks: ReadonlyMap<string, ProgressMark> = new Map()
  return rounds.map(({ now, offset, end }) => {
    const round = findStalled(marks, [{ key: 't/0', offset, end }], { now, limitMs: 60 })
    marks = round.marks
    return round.stalled
  })
}

test('unread records without progress for the limit are a stall', () => {
  const rounds = [0, 30, 60].map((now) => ({ now, offset: 5, end: 9 }))
  expect(stalledAt(rounds)).toEqual([[], [], ['t/0']])
})

test('any progress resets the time', () => {
  const rounds = [0, 30, 60, 90, 119].map((now) => ({ now, offset: now < 60 ? 5 : 6, end: 9 }))
  expect(stalledAt(rounds)).toEqual([[], [], [], [], []])
})

test('a partition without unread records never stalls', () => {
  expect(stalledAt([0, 100, 200].map((now) => ({ now, offset: 9, end: 9 })))).toEqual([[], [], []])
})
