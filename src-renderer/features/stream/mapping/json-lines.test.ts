import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePath } from '#shared/metric/mapping/field-path.ts'
import { drawnAtMost, drawnJson } from './json-lines.ts'

const textOf = (json: unknown): string =>
  drawnJson(json)
    .lines.map(({ indent, tokens }) => '  '.repeat(indent) + tokens.map(({ text }) => text).join(''))
    .join('\n')
const pathsOf = (json: unknown): Array<string | undefined> =>
  drawnJson(json).lines.flatMap(({ tokens }) => tokens.flatMap(({ path }) => (path === undefined ? [] : [path])))

const press = {
  machine: { serial: 'PL-0417', label: 'Press 4' },
  readings: [
    { kind: 'oil_temp', v: 61.5, u: '°C' },
    { kind: 'door', v: 'shut', u: null },
  ],
}

test('a record is indented, and what fits has a line for itself, aligned below each other', () => {
  expect(textOf(press)).toBe(
    [
      '{',
      '  "machine": { "serial": "PL-0417", "label": "Press 4" },',
      '  "readings": [',
      '    { "kind": "oil_temp", "v": 61.5,   "u": "°C" },',
      '    { "kind": "door",     "v": "shut", "u": null }',
      '  ]',
      '}',
    ].join('\n'),
  )
})

test('each value has its path', () => {
  expect(pathsOf(press)).toEqual([
    'machine.serial',
    'machine.label',
    'readings[0].kind',
    'readings[0].v',
    'readings[0].u',
    'readings[1].kind',
    'readings[1].v',
    'readings[1].u',
  ])
  expect(pathsOf({ 'a.b': [1, 2] })).toEqual(['["a.b"][0]', '["a.b"][1]'])
})

test('characters that are not seen are written, and a long text is cut', () => {
  expect(textOf({ a: 'x\u202ey' })).toBe(String.raw`{ "a": "x\u202ey" }`)
  expect(textOf({ a: 'x'.repeat(9_000) }).length).toBeLessThan(300)
})

test('2,000 values are drawn, and the others are counted', () => {
  const { lines, left } = drawnJson(Array.from({ length: 3_000 }, (_, i) => ({ n: `metric-${i}`, deep: { v: i } })))
  const drawn = lines.flatMap(({ tokens }) => tokens).filter(({ path }) => path !== undefined).length
  expect(drawn + left).toBe(6_000)
  expect(drawn).toBeGreaterThanOrEqual(drawnAtMost.values)
  expect(drawn).toBeLessThan(drawnAtMost.values + 10)
})

test('a list that is deeper than any path ends in dots', () => {
  let deep: unknown = 1
  for (let i = 0; i < 10_000; i++) deep = [deep]
  expect(textOf(deep)).toContain('[…]')
})

test('of any JSON, each path is one and names a value of it once', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
      const paths = pathsOf(json)
      for (const path of paths) expect(parsePath(path ?? '')).toBeDefined()
      expect(new Set(paths).size).toBe(paths.length)
    }),
  )
})
