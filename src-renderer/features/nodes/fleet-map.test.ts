import { expect, test } from 'vitest'
import type { DisplayState } from '../../ui/values/display-state.ts'
import { mapLayout, movedOnMap, shortNames } from './fleet-map.ts'
import type { FleetRow } from './fleet.svelte.ts'
import { noAlerts } from './node-severity.ts'
import { kindCounts } from './state-counts.ts'

const aRow = (id: string, state: DisplayState = 'ok'): FleetRow => ({
  id,
  name: id,
  index: 0,
  state,
  freshness: 'fresh',
  lastAt: 0,
  alerts: noAlerts,
  pending: [],
})
const nodes = (count: number, prefix = 'node-'): FleetRow[] =>
  Array.from({ length: count }, (_, i) => aRow(`${prefix}${i + 1}`))
const heightOf = ({ lines }: ReturnType<typeof mapLayout>): number => lines.reduce((sum, { height }) => sum + height, 0)
const shown = ({ lines }: ReturnType<typeof mapLayout>): string[] =>
  lines.flatMap((line) => line.nodes.map(({ id }) => id))

const laptop = { width: 800, height: 420 }
const large = { width: 1900, height: 820 }

test.each([
  [13, laptop, 'full'],
  [48, laptop, 'short'],
  [500, laptop, 'shape'],
  [20, large, 'values'],
  [500, large, 'short'],
  [2000, large, 'shape'],
] as const)('%i nodes in %o: tiles show %s, all of them in view and without much room left', (count, area, content) => {
  const map = mapLayout(area, nodes(count))
  expect(map.content).toBe(content)
  expect(shown(map)).toEqual(nodes(count).map(({ id }) => id))
  expect(heightOf(map)).toBeLessThanOrEqual(area.height)
  expect(heightOf(map)).toBeGreaterThan(area.height * 0.75)
})

test('where the smallest tiles do not fit, the list scrolls, and the worst are at its top', () => {
  const map = mapLayout(laptop, nodes(5000))
  expect([map.content, map.columns, map.groups.length]).toEqual(['shape', 40, 1])
  expect(map.lines[0]?.nodes[0]?.id).toBe('node-1')
  expect(heightOf(map)).toBe(125 * 20)
})

test('names with a few beginnings are grouped, the largest group first, each worst first', () => {
  const fleet = [aRow('db-1', 'critical'), ...nodes(60, 'web-'), ...nodes(20, 'db-').slice(1), ...nodes(30, 'worker_')]
  const map = mapLayout(laptop, fleet)
  expect(map.groups.map(({ label }) => label)).toEqual(['web', 'worker', 'db'])
  expect(map.lines.filter(({ group }) => group).map((line) => line.nodes[0]?.id)).toEqual(['web-1', 'worker_1', 'db-1'])
  expect(heightOf(map)).toBeLessThanOrEqual(laptop.height)
})

test('names that have nothing in common are not grouped, and stay whole', () => {
  const fleet = Array.from({ length: 20 }, (_, i) => aRow(`${String.fromCharCode(97 + i)}-host`))
  const map = mapLayout(laptop, fleet)
  expect(map.groups).toHaveLength(1)
  expect(shortNames(map.groups).get('b-host')).toBe('b-host')
})

test('a short name is without what all names beside it share', () => {
  const map = mapLayout(laptop, [...nodes(60, 'web-'), ...nodes(60, 'db-')])
  const names = shortNames(map.groups)
  expect([names.get('web-17'), names.get('db-3')]).toEqual(['17', '3'])
})

test('up and down go to the same place in the next line, or to its last tile', () => {
  const lines = [nodes(5, 'web-'), nodes(3, 'db-')].map((line) => ({ nodes: line, height: 20 }))
  expect(movedOnMap(lines, 'web-5', 'ArrowDown')).toBe('db-3')
  expect(movedOnMap(lines, 'db-2', 'ArrowUp')).toBe('web-2')
  expect(movedOnMap(lines, 'db-2', 'PageDown')).toBe('db-2')
  expect(movedOnMap(lines, undefined, 'ArrowDown')).toBe('web-1')
  expect(movedOnMap(lines, 'db-2', 'ArrowRight')).toBeUndefined()
})

test('counts, worst first; both kinds of pending together', () => {
  const fleet = [
    aRow('1'),
    aRow('2', 'pending-warning'),
    aRow('3', 'pending-critical'),
    aRow('4', 'unknown'),
    aRow('5'),
  ]
  expect(kindCounts(fleet)).toEqual([
    { kind: 'pending', shape: 'pending-critical', count: 2 },
    { kind: 'silent', shape: 'unknown', count: 1 },
    { kind: 'ok', shape: 'ok', count: 2 },
  ])
})
