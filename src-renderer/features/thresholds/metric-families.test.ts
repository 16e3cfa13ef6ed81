import { expect, test } from 'vitest'
import { familiesOf, familyOf, tagChoices, unitOfRule, wholeFamily, withTag } from './metric-families.ts'

const metrics = [
  'cpu_usage',
  'disk.used_percent{path=/var}',
  'disk.used_percent{path=/}',
  'system.cpu.time{cpu=cpu0,state=idle}',
  'system.cpu.time{cpu=cpu1,state=user}',
]

test('series with one name and the same tags are one family', () => {
  expect(familiesOf(metrics).map(({ label, tags }) => [label, [...tags]])).toEqual([
    ['CPU usage', []],
    ['disk.used_percent, by path', [['path', ['/', '/var']]]],
    [
      'system.cpu.time, by cpu, state',
      [
        ['cpu', ['cpu0', 'cpu1']],
        ['state', ['idle', 'user']],
      ],
    ],
  ])
})

test('each tag is one value or any, and back', () => {
  const [, , cpu] = familiesOf(metrics)
  if (!cpu) throw new Error('no family')
  const any = wholeFamily(cpu)
  expect(any).toEqual({ metric: 'system.cpu.time', anyTags: ['cpu', 'state'] })
  const idle = withTag(any, 'state', 'idle')
  expect(idle).toEqual({ metric: 'system.cpu.time{state=idle}', anyTags: ['cpu'] })
  const one = withTag(idle, 'cpu', 'a,b')
  expect(one).toEqual({ metric: 'system.cpu.time{cpu=a\\,b,state=idle}', anyTags: [] })
  expect(tagChoices(one)).toEqual([
    ['cpu', 'a,b'],
    ['state', 'idle'],
  ])
  expect(withTag(withTag(one, 'cpu', undefined), 'state', undefined)).toEqual(any)
  for (const subject of [any, idle, one]) expect(familyOf(subject)).toBe(cpu.key)
})

test('the unit of a rule for any tags is that of its series', () => {
  const units = ['', '%', '%', 's', 's']
  const of = (metric: string, anyTags: string[] = []) => unitOfRule({ metric, anyTags }, { metrics, units })
  expect([
    of('disk.used_percent', ['path']),
    of('disk.used_percent'),
    of('system.cpu.time{state=user}', ['cpu']),
  ]).toEqual(['%', '', 's'])
})

test('thousands of values of a tag are not a list that nobody reads', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `docker.cpu{id=${i}}`)
  expect(familiesOf(many)[0]?.tags.get('id')).toHaveLength(200)
})
