import { expect, test } from 'vitest'
import { compareLog, gapReasons, planResume } from './resume-plan.ts'

const last = { timestamp: 1_000, hash: 'x' }
const stored = (next: number) => ({ topic: 't', partition: 0, next, last })

test.each([
  ['never read: from the oldest record kept', undefined, { start: 7, end: 20 }, { fetchOffset: 7 }],
  ['never read and the broker did not say: from 0', undefined, undefined, { fetchOffset: 0 }],
  [
    'inside the log: at the last stored record, to compare it',
    stored(10),
    { start: 7, end: 20 },
    { fetchOffset: 9, expectedRecord: last },
  ],
  ['at the end of the log', stored(20), { start: 7, end: 20 }, { fetchOffset: 19, expectedRecord: last }],
  ['the last stored record is gone, the next one is there', stored(7), { start: 7, end: 20 }, { fetchOffset: 7 }],
  ['the broker did not say: not clamped', stored(10), undefined, { fetchOffset: 9, expectedRecord: last }],
  [
    'markers or aborted records lie behind the last stored record',
    { ...stored(12), last: { ...last, offset: 9 } },
    { start: 7, end: 20 },
    { fetchOffset: 9, expectedRecord: { ...last, offset: 9 } },
  ],
  ['nothing stored yet at 0', { ...stored(0), last: null }, { start: 0, end: 0 }, { fetchOffset: 0 }],
  ['no fingerprint', { ...stored(10), last: null }, { start: 0, end: 20 }, { fetchOffset: 10 }],
  [
    'retention was faster',
    stored(5),
    { start: 7, end: 20 },
    { fetchOffset: 7, loss: { from: 5, to: 7, reason: gapReasons.retention } },
  ],
  [
    'the log is shorter than what was read',
    stored(21),
    { start: 3, end: 20 },
    { fetchOffset: 3, loss: { from: 21, to: 21, reason: gapReasons.anotherLog } },
  ],
] as const)('%s', (_title, position, range, expected) => {
  expect(planResume(position, range)).toEqual({ expectedRecord: undefined, loss: undefined, ...expected })
})

test('the log is the same if the record there has the same time and content', () => {
  const first = (offset: number, hash: string) => ({ offset, fingerprint: () => ({ timestamp: 1_000, hash }) })
  expect(compareLog(last, 9, first(9, 'x'))).toBe('same')
  expect(compareLog(last, 9, first(9, 'y'))).toBe('another')
  expect(compareLog(last, 9, first(12, 'y'))).toBe('gone')
})
