import { expect, test } from 'vitest'
import { CsvLines } from './csv-lines.ts'
import { nextSliceMs } from './service.ts'

const names = {
  nodes: new Map([[1, { nodeId: 'web-1', units: { cpu_usage: 'furlong', temp: '°C' } }]]),
  layouts: new Map([[7, ['cpu_usage', 'temp']]]),
}
const record = { at: Date.parse('2026-11-24T10:15:30Z'), node: 1, layout: 7, values: [71.5, 20] }

test('a record has a line for each value; known metrics have the units of ReMo', () => {
  expect(new CsvLines(names, undefined).linesOf(record)).toBe(
    '2026-11-24T10:15:30.000Z,web-1,cpu_usage,71.5,%\r\n2026-11-24T10:15:30.000Z,web-1,temp,20,°C\r\n',
  )
})

test('one metric has one line; an unknown node or layout has none', () => {
  const lines = new CsvLines(names, 'temp')
  const all = [record, { ...record, node: 2 }, { ...record, layout: 8 }].map((one) => lines.linesOf(one))
  expect(all).toEqual(['2026-11-24T10:15:30.000Z,web-1,temp,20,°C\r\n', '', ''])
})

test('slices grow if they are sparse and shrink if they are dense', () => {
  expect([nextSliceMs(60_000, 0), nextSliceMs(60_000, 20_000), nextSliceMs(60_000, 90_000)]).toEqual([
    120_000, 60_000, 30_000,
  ])
  expect([nextSliceMs(86_400_000, 0), nextSliceMs(15_000, 1e6)]).toEqual([86_400_000, 15_000])
})
