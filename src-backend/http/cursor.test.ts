import { expect, test } from 'vitest'
import { z } from 'zod'
import { decodeCursor, encodeCursor, pageOf } from './cursor.ts'
import { ApiError } from './problem.ts'

const Values = z.tuple([z.int(), z.string()])

test('a cursor decodes to the values that it encodes', () => {
  const values = [7, 'größer'] as const
  expect(decodeCursor(encodeCursor(values), Values)).toEqual(values)
})

test.each(['', 'x', '%', encodeCursor([7]), encodeCursor(['7', 'a']), Buffer.from('{}').toString('base64url')])(
  '%j is refused as a cursor',
  (cursor) => {
    expect(() => decodeCursor(cursor, Values)).toThrow(ApiError)
  },
)

test('a next page is announced only if it exists', () => {
  const cursorOf = (row: number) => [row]
  expect(pageOf([1, 2, 3], 2, cursorOf)).toEqual({ shown: [1, 2], next: encodeCursor([2]) })
  expect(pageOf([1, 2], 2, cursorOf)).toEqual({ shown: [1, 2], next: undefined })
  expect(pageOf([], 2, cursorOf)).toEqual({ shown: [], next: undefined })
})
