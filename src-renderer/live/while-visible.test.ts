import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whileVisible } from './while-visible.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class Page {
  hidden = false
  readonly listeners = new Set<() => void>()

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener)
  }

  become(hidden: boolean): void {
    this.hidden = hidden
    for (const listener of this.listeners) listener()
  }
}

/** Counts the calls. `calls` returns those since the last question. */
function follow(page: Page | undefined) {
  let count = 0
  const stop = whileVisible(1000, () => count++, page)
  const calls = () => {
    const before = count
    count = 0
    return before
  }
  return { stop, calls }
}

test('a visible page is called every time, and a hidden one has no timer', () => {
  const page = new Page()
  const { calls } = follow(page)
  vi.advanceTimersByTime(3000)
  expect(calls()).toBe(3)
  page.become(true)
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(60_000)
  expect(calls()).toBe(0)
})

test('a page that becomes visible is called at once, and then every time', () => {
  const page = new Page()
  page.hidden = true
  const { calls } = follow(page)
  expect(vi.getTimerCount()).toBe(0)
  page.become(false)
  expect(calls()).toBe(1)
  page.become(false)
  vi.advanceTimersByTime(2000)
  expect(calls()).toBe(3)
})

test('after the stop nothing is called', () => {
  const page = new Page()
  const { stop, calls } = follow(page)
  stop()
  page.become(true)
  page.become(false)
  vi.advanceTimersByTime(5000)
  expect(calls()).toBe(0)
})

test('without a page, as in a test, it is visible', () => {
  const { calls, stop } = follow(undefined)
  vi.advanceTimersByTime(2000)
  expect(calls()).toBe(2)
  stop()
})
