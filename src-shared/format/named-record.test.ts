import { expect, test } from 'vitest'
import { z } from 'zod'
import { namedRecord } from './named-record.ts'

const Numbers = namedRecord(z.number())

test('keeps every name, also those of members of an object', () => {
  const text = '{"__proto__":1,"constructor":2,"toString":3,"cpu_usage":4,"":5}'
  const parsed = Numbers.parse(JSON.parse(text))
  expect(Object.entries(parsed)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['toString', 3],
    ['cpu_usage', 4],
    ['', 5],
  ])
  expect(JSON.stringify(parsed)).toBe(text)
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
})

test.each([[null], [[1]], ['text'], [{ a: 'text' }], [JSON.parse('{"__proto__":"text"}')]])('refuses %j', (value) => {
  expect(Numbers.safeParse(value).success).toBe(false)
})
