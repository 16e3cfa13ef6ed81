import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricName, parseMetricName } from './metric-name.ts'

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
  const tags = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([key]) => key, minLength: 1 })
  fc.assert(
    fc.property(tags, (given) => {
      const sorted = [...given].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(parseMetricName(metricName('m.f', given))).toMatchObject({ base: 'm.f', tags: sorted })
    }),
  )
})
