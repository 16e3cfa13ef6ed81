import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvNumber, csvText } from './csv.ts'

describe('a field', () => {
  it.each([
    ['plain', 'plain'],
    ['with, comma', '"with, comma"'],
    ['with "quotes"', '"with ""quotes"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ["'=1+1", "''=1+1"],
    ["''=1+1", "'''=1+1"],
    ["'s", "'s"],
    ['+49', "'+49"],
    ['-x', "'-x"],
    ['@cmd', "'@cmd"],
    ['\tx', "'\tx"],
    ['\rx', `"'\rx"`],
    ['a,b', '"a,b"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['=a,b', '"\'=a,b"'],
    ['', ''],
  ])('of text %j is written as %j', (text, field) => {
    expect(csvText(text)).toBe(field)
  })

  it('is never the same for two texts', () => {
    const text = fc.array(fc.constantFrom("'", '=', '-', 'a', '"', ',')).map((parts) => parts.join(''))
    const read = (field: string): string => {
      const [[value = ''] = []] = parse(`${field},\n`) as string[][]
      return /^'+[=+\-@\t\r]/.test(value) ? value.slice(1) : value
    }
    fc.assert(fc.property(text, (one) => read(csvText(one)) === one))
  })

  it.each([
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [-5, '-5'],
    [0.1, '0.1'],
    [-71, '-71'],
    [5e-324, '5e-324'],
    [-0, '-0'],
    [NaN, ''],
  ])('of number %d is written as %j', (value, field) => {
    expect(csvNumber(value)).toBe(field)
  })
})
