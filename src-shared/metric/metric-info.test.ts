import { expect, test } from 'vitest'
import { knownMetrics, metricInfo, unitIn } from './metric-info.ts'

test('the four built-in metrics keep their names, units and columns, whatever the producer sends', () => {
  expect(knownMetrics.map(({ name }) => metricInfo(name, 'parsec'))).toEqual(knownMetrics)
  expect(knownMetrics.map(({ shortLabel, unit, csvColumn, max }) => [shortLabel, unit, csvColumn, max])).toEqual([
    ['CPU', '%', 'cpu_percent', 100],
    ['Memory', '%', 'memory_percent', 100],
    ['Disk I/O', 'MB/s', 'disk_io_mb_per_s', undefined],
    ['Network', 'Mbps', 'network_mbps', undefined],
  ])
})

test.each([
  ['board_temp', '°C', 'Board temp', 'board_temp_degrees_c'],
  ['free', '%', 'Free', 'free_percent'],
  ['queue.read-rate', 'req/s', 'queue.read-rate', 'queue_read_rate_req_per_s'],
  ['größe', '', 'Größe', 'größe'],
  ['__', '', '__', 'metric'],
])('a strange metric %j in %j is labelled %j, column %j', (name, unit, label, csvColumn) => {
  expect(metricInfo(name, unit)).toEqual({ name, label, shortLabel: label, unit, csvColumn })
})

test.each([
  ['disk.used_percent{path=/var}', 'disk.used_percent path=/var', 'disk.used_percent /var'],
  ['disk.io{device=sda,direction=write}', 'disk.io device=sda direction=write', 'disk.io sda write'],
  ['disk.used{path=/a\\,b}', 'disk.used path=/a,b', 'disk.used /a,b'],
  ['temp{sensor=gpu}', 'temp sensor=gpu', 'temp gpu'],
])('the series %j is labelled %j, in short %j', (name, label, shortLabel) => {
  expect(metricInfo(name)).toMatchObject({ label, shortLabel })
})

test('a metric named like an object property has the given unit or none', () => {
  const units = JSON.parse('{"temp":"°C","constructor":"u"}') as Record<string, string>
  const names = ['temp', 'constructor', '__proto__', 'toString', 'other']
  expect(names.map((name) => unitIn(units, name))).toEqual(['°C', 'u', undefined, undefined, undefined])
})
