import { expect, test } from 'vitest'
import { parseMappingsFile } from './mappings-file.ts'

const press = { topic: 'press-line', node: 'machine.serial', values: 'readings[*]', name: 'kind', value: 'v' }
const fileOf = (...mappings: readonly object[]): string => JSON.stringify({ remo: 'mappings', mappings })

test('a file has mappings, also none, also after a byte order mark', () => {
  expect(parseMappingsFile(fileOf(press))).toEqual({ ok: true, mappings: [press] })
  expect(parseMappingsFile(`\uFEFF${fileOf()}`)).toEqual({ ok: true, mappings: [] })
})

test.each([
  ['{"remo":', 'expected JSON: Unexpected end of JSON input'],
  ['[]', 'expected an object'],
  [JSON.stringify({ remo: 'rules', mappings: [] }), 'remo: expected "mappings"'],
  [fileOf({ ...press, node: 'a..b' }), 'mappings.0.node: expected a path such as machine.serial or readings[*]'],
  [fileOf({ topic: 'x', values: '' }), 'mappings.0.node: required'],
  [fileOf(press, { ...press, topic: 'oven', colour: 'red' }), 'mappings.1: unknown field colour'],
  [fileOf(press, { ...press, node: 'id' }), 'mappings.1.topic: another mapping is of this topic'],
  [
    fileOf({ ...press, house: { cpu_usage: 'a\0' } }),
    'mappings.0.house.cpu_usage: expected text without NUL and without broken characters',
  ],
  [fileOf({ ...press, node: '\ud800' }), 'mappings.0.node: expected text without NUL and without broken characters'],
])('%s is refused, and the place of what is wrong is named', (text, problem) => {
  expect(parseMappingsFile(text)).toEqual({ ok: false, problems: [problem] })
})

test('of many problems, the first ones are listed', () => {
  const file = parseMappingsFile(
    fileOf(...Array.from({ length: 50 }, () => ({ topic: 'x', node: 'id', values: '..' }))),
  )
  expect(file).toMatchObject({ ok: false, problems: { length: 10 } })
})
