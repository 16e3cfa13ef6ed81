import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricName, parseMetricName, splitMetricNames } from './metric-name.ts'

test('tags are sorted, whatever the order of a record', () => {
  expect(
    metricName('diskio.read_bytes', [
      ['serial', 'x'],
      ['name', 'sda'],
    ]),
  ).toBe('diskio.read_bytes{name=sda,serial=x}')
})

test('a name is read as it was written', () => {
  expect(parseMetricName('disk.used_percent{path=/var}')).toEqual({
    base: 'disk.used_percent',
    measurement: 'disk',
    field: 'used_percent',
    tags: [['path', '/var']],
  })
})

test.each(['cpu_usage', '{}', 'a{}', 'a{b}', '{a=b}', 'a{b=c', '.a'])('%s is a name without tags', (name) => {
  expect(parseMetricName(name)).toMatchObject({ base: name, tags: [] })
})

test('any tags can be read back', () => {
  const tags = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
    selector: ([key]) => key,
    minLength: 1,
  })
  fc.assert(
    fc.property(tags, (given) => {
      const sorted = [...given].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(parseMetricName(metricName('m.f', given))).toMatchObject({ base: 'm.f', tags: sorted })
    }),
  )
})

test('names with any tags are split where they were joined', () => {
  const tags = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([key]) => key })
  const name = fc.tuple(fc.stringMatching(/^[^,{]+$/), tags).map(([base, given]) => metricName(base, given))
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      expect(splitMetricNames(names.join(','))).toEqual(names)
    }),
  )
})

test.each([
  ['a,b', ['a', 'b']],
  ['a,', ['a', '']],
  ['a{b,c', ['a{b', 'c']],
  ['a{b,c}', ['a{b', 'c}']],
  ['a{b=c,d=e},f', ['a{b=c,d=e}', 'f']],
])('%s is %j', (text, names) => {
  expect(splitMetricNames(text)).toEqual(names)
})
