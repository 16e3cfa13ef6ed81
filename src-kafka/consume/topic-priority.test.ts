import { expect, test, vi } from 'vitest'
import { TopicPriority } from './topic-priority.ts'

const end = (topic: string, start: number, next: number) => ({ topic, partition: 0, start, end: next })

/** Reads `rules` first; `resumed` counts partitions that were held back and continue. */
function aGate(...ends: ReturnType<typeof end>[]) {
  const gate = new TopicPriority((topic) => topic === 'rules', ends)
  const seen = { resumed: 0 }
  const holds = (topic: string) => gate.isHeldBack(topic, () => () => void seen.resumed++)
  return { gate, seen, holds }
}

test('other topics wait until the priority topic is read to the end it had, and never again', () => {
  const { gate, seen, holds } = aGate(end('rules', 0, 5), end('metrics', 0, 9))
  expect([holds('rules'), holds('metrics'), holds('more')]).toEqual([false, true, true])
  gate.advance('metrics', 0, 9)
  gate.advance('rules', 0, 4)
  expect(seen.resumed).toBe(0)
  gate.advance('rules', 0, 5)
  expect([seen.resumed, holds('metrics')]).toEqual([2, false])
})

test('no topic waits for an empty or missing one', () => {
  expect(aGate(end('rules', 5, 5)).holds('metrics')).toBe(false)
  expect(aGate().holds('metrics')).toBe(false)
})

test('an unreadable priority topic holds back the others for at most ten seconds', () => {
  vi.useFakeTimers()
  const { seen, holds } = aGate(end('rules', 0, 5))
  expect(holds('metrics')).toBe(true)
  vi.advanceTimersByTime(10_000)
  expect([seen.resumed, holds('metrics')]).toEqual([1, false])
  vi.useRealTimers()
})
