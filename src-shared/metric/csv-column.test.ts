import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvColumnOf, metricOfColumn } from './csv-column.ts'

test.each([
  ['cpu_usage', '%', 'cpu_percent'],
  ['network_traffic', 'parsec', 'network_mbps'],
  ['board_temp', '°C', 'board_temp_degrees_c'],
  ['free', '%', 'free_percent'],
  ['disk', 'MB/s', 'disk_mb_per_s'],
  ['queue_rate', 'req/s', 'queue_rate_req_per_s'],
  ['größe', '', 'größe'],
  ['load1', '', 'load1'],
])('metric %j in %j has the plain column %j', (name, unit, column) => {
  expect(csvColumnOf(name, unit)).toBe(column)
})

test.each([
  ['disk.io', '', 'disk_io[disk.io]'],
  ['disk io', '', 'disk_io[disk io]'],
  // The built-in metric with this name has the column `disk_io_mb_per_s`.
  ['disk_io_mb_per_s', '', 'disk_io_mb_per_s[disk_io_mb_per_s]'],
  ['cpu_percent', '', 'cpu_percent[cpu_percent]'],
  ['cpu', '%', 'cpu_percent[cpu]'],
  ['CPU_usage', '', 'cpu_usage[CPU_usage]'],
  ['free_percent', '', 'free_percent[free_percent]'],
  ['latency', 'ms', 'latency_ms[latency]'],
  ['latency_ms', '', 'latency_ms'],
  ['timestamp', '', 'timestamp[timestamp]'],
  ['node_id', '', 'node_id[node_id]'],
  ['__', '', 'metric[__]'],
  ['metric', '', 'metric'],
  ['=1+1', '', '1_1[=1+1]'],
  ['a[b]', '', 'a_b[a[b]]'],
])('metric %j in %j, whose words another one may have, has the column %j', (name, unit, column) => {
  expect(csvColumnOf(name, unit)).toBe(column)
})

test('the metric follows from its column, so that no two have the same, whatever their names and units', () => {
  const part = fc.constantFrom(
    'cpu',
    'disk',
    'io',
    'usage',
    'percent',
    'per',
    's',
    'c',
    '_',
    '.',
    ' ',
    '[',
    ']',
    '%',
    'É',
    '\n',
  )
  const name = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    fc.string(),
  )
  const unit = fc.oneof(fc.constantFrom('', '%', '°C', 'MB/s', '1/s', 's', 'percent', 'per s'), fc.string())
  fc.assert(fc.property(name, unit, (metric, given) => metricOfColumn(csvColumnOf(metric, given)) === metric))
})
