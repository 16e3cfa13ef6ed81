import { expect, test } from 'vitest'
import type { FormatName } from '#shared/metric/formats/format-name.ts'
import { keySetting, missingTotals } from './source-text.ts'

const sourceOf = (...names: readonly FormatName[]) => ({ formats: names.map((name) => ({ name, share: 1 })) })

test('records that are spread get a key by a line of the program that writes them', () => {
  const lines = (['influx-line', 'metricbeat', 'collectd-json', 'flat-json'] as const).map(
    (name) => keySetting(sourceOf(name))?.line,
  )
  expect(lines).toEqual(['routing_tag = "host"', "key: '%{[host.name]}'", 'Key "name of this host"', undefined])
})

test('of collectd, CPU and memory are totals over records too', () => {
  expect(missingTotals(sourceOf('collectd-json'))).toBe('CPU, memory, disk and network totals')
  expect(missingTotals(sourceOf('telegraf-json', 'flat-json'))).toBe('disk and network totals')
})
