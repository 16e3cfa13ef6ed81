import { expect, test } from 'vitest'
import { dayPartition, monthPartition, partitionNamed } from './table-partitions.ts'

const at = Date.parse

test('a day and a month have their own partitions', () => {
  const december = at('2026-12-31T23:59:59.999Z')
  expect([dayPartition(december), monthPartition(december)]).toEqual([
    { parent: 'sample', name: 'sample_20261231', from: at('2026-12-31T00:00Z'), to: at('2027-01-01T00:00Z') },
    { parent: 'rollup_row', name: 'rollup_row_202612', from: at('2026-12-01T00:00Z'), to: at('2027-01-01T00:00Z') },
  ])
})

test('a name gives the content of a partition, and other names are ignored', () => {
  expect(partitionNamed('sample_20260228')).toEqual(dayPartition(at('2026-02-28T12:00Z')))
  const february = monthPartition(at('2026-02-28T12:00Z'))
  expect(partitionNamed('rollup_row_202602')).toEqual(february)
  expect(partitionNamed('rollup_202602')).toEqual({ ...february, parent: 'rollup', name: 'rollup_202602' })
  const strangers = [
    'sample_20260230',
    'sample_202602',
    'rollup_20260228',
    'rollup_row_20260228',
    'rollup_rows_202602',
    'sample_old',
    'sample_20261301',
    'alert_202602',
  ]
  expect(strangers.map(partitionNamed)).toEqual(strangers.map(() => undefined))
})
