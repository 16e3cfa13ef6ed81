import { expect, test } from 'vitest'
import { AlertId } from './alert.ts'
import { alertIdOf } from './alert-id.ts'
import type { EpisodeKey } from './alert-id.ts'

const key: EpisodeKey = {
  rule: { id: '11111111-1111-4111-8111-111111111111', version: 1 },
  series: { nodeId: 'node-1', metric: 'cpu_usage' },
  anchor: { at: 1_800_000_000_000, position: { topic: 'metrics-node-1', partition: 0, offset: 42 } },
}

test('an episode has the same id on every computer and in every release', () => {
  expect(alertIdOf('value', key)).toBe('c88c81fa-c993-8bba-ba9d-01dcd10190d7')
  expect(AlertId.safeParse(alertIdOf('value', key)).success).toBe(true)
})

test("every part of an episode's identity changes the id", () => {
  const { rule, series, anchor } = key
  const at = (position: object) => ({ ...key, anchor: { ...anchor, position: { ...anchor.position, ...position } } })
  const others = [
    alertIdOf('no-data', key),
    ...[
      { ...key, rule: { ...rule, id: '22222222-2222-4222-8222-222222222222' } },
      { ...key, rule: { ...rule, version: 2 } },
      { ...key, series: { ...series, nodeId: 'node-2' } },
      { ...key, series: { ...series, metric: 'disk_io' } },
      { ...key, anchor: { ...anchor, at: anchor.at + 1 } },
      at({ topic: 'metrics' }),
      at({ partition: 1 }),
      at({ offset: 43 }),
    ].map((other) => alertIdOf('value', other)),
  ]
  expect(new Set([alertIdOf('value', key), ...others]).size).toBe(others.length + 1)
})
