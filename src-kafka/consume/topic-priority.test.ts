import { expect, test, vi } from 'vitest'
import { TopicPriority } from './topic-priority.ts'

const end = (topic: string, start: number, next: number) => ({ topic, partition: 0, start, end: next })

/** Reads `rules` first; `released` counts how often the others may continue. */
function aGate(...ends: ReturnType<typeof end>[]) {
  const seen = { released: 0 }
  const gate = new TopicPriority(
    (topic) => topic === 'rules',
    ends,
    () => void seen.released++,
  )
  const holds = (topic: string) => gate.isHeldBack(topic)
  return { gate, seen, holds }
}

test('other topics wait until the priority topic is read to the end it had, and never again', () => {
  const { gate, seen, holds } = aGate(end('rules', 0, 5), end('metrics', 0, 9))
  expect([holds('rules'), holds('metrics'), holds('more')]).toEqual([false, true, true])
  gate.advance('metrics', 0, 9)
  gate.advance('rules', 0, 4)
  expect(seen.released).toBe(0)
  gate.advance('rules', 0, 5)
  expect([seen.released, holds('metrics')]).toEqual([1, false])
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
  expect([seen.released, holds('metrics')]).toEqual([1, false])
  vi.useRealTimers()
})
