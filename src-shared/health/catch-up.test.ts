import { expect, test } from 'vitest'
import { catchUpProgress, withPoint, type ReadPoint } from './catch-up.ts'

const noon = 1_800_014_400_000

/** A point each second: so many messages read, so many that arrived. */
function points(seconds: number, { read, arrived, lag }: { read: number; arrived: number; lag: number }): ReadPoint[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    at: noon + second * 1000,
    read: read * second,
    lagMessages: lag - (read - arrived) * second,
  }))
}

function progressOf(list: readonly ReadPoint[]) {
  let kept: readonly ReadPoint[] = []
  for (const point of list) kept = withPoint(kept, point)
  return catchUpProgress(kept, list.at(-1) as ReadPoint)
}

test.each([
  ['nothing arrives', { read: 1000, arrived: 0, lag: 20_000 }, { messagesPerSecond: 1000, leftMs: 15_000 }],
  ['some arrive', { read: 1000, arrived: 500, lag: 20_000 }, { messagesPerSecond: 1000, leftMs: 35_000 }],
  ['as many arrive as are read', { read: 1000, arrived: 1000, lag: 20_000 }, { messagesPerSecond: 1000 }],
  ['more arrive than are read', { read: 1000, arrived: 1500, lag: 20_000 }, { messagesPerSecond: 1000 }],
  ['nothing is read', { read: 0, arrived: 0, lag: 20_000 }, { messagesPerSecond: 0 }],
])('rate and time left where %s', (_, reading, progress) => {
  expect(progressOf(points(5, reading))).toEqual(progress)
})

test('there is no rate before two seconds have passed', () => {
  const reading = { read: 1000, arrived: 0, lag: 20_000 }
  expect([progressOf(points(1, reading)), progressOf(points(2, reading))]).toEqual([
    undefined,
    { messagesPerSecond: 1000, leftMs: 18_000 },
  ])
})

test('the rate is that of the last ten seconds', () => {
  const slow = points(30, { read: 10, arrived: 0, lag: 100_000 })
  const { at, read, lagMessages } = slow.at(-1) as ReadPoint
  const fast = Array.from({ length: 10 }, (_, i) => ({
    at: at + (i + 1) * 1000,
    read: read + (i + 1) * 1000,
    lagMessages: lagMessages - (i + 1) * 1000,
  }))
  expect(progressOf([...slow, ...fast])).toEqual({ messagesPerSecond: 1000, leftMs: lagMessages - 10_000 })
})

test('a point that comes within a second replaces none', () => {
  const [first, second] = points(1, { read: 10, arrived: 0, lag: 100 }) as [ReadPoint, ReadPoint]
  expect(withPoint([first], { ...second, at: noon + 999 })).toEqual([first])
  expect(withPoint([first], second)).toEqual([first, second])
})
