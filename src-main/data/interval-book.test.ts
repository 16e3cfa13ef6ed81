import { expect, test } from 'vitest'
import { IntervalBook } from './interval-book.ts'

test('one outage among regular steps does not move the interval', () => {
  const book = new IntervalBook()
  for (const step of [5000, 5010, 600_000, 4990, 5000]) book.note(3, step)
  expect(book.median(3)).toBe(5000)
})

test('a node with fewer than two records has no interval', () => {
  const book = new IntervalBook()
  book.note(0, 0)
  expect(book.median(0)).toBeNaN()
  expect(book.median(1000)).toBeNaN()
})

test('the interval follows a producer that changed its pace, however long it ran before', () => {
  const book = new IntervalBook()
  for (let i = 0; i < 1000; i++) book.note(40, 1000)
  for (let i = 0; i < 3; i++) book.note(40, 10_000)
  expect(book.median(40)).toBe(10_000)
})
