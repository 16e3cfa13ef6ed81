import { expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aDirectory, aFrame } from '../bridge/bridge-builders.ts'
import { FakeBridge } from '../bridge/fake-bridge.ts'
import type { Command } from '../commands/commands.svelte.ts'
import { AppState } from '../live/app-state.svelte.ts'
import { FrameGate } from '../live/frames/frame-gate.ts'
import { LiveStore } from '../live/frames/live-store.svelte.ts'
import { matchingPlaces, palettePlaces, paletteResults } from './palette-results.ts'

const command = (id: string, title: string): Command => ({ id, title, group: 'Go to', keys: [], run: () => undefined })
const commands = [command('palette', 'Find'), command('alerts', 'Alerts'), command('nodes', 'Nodes and alerts')]

function aPalette(nodes: number, alerts = [anAlert({ nodeId: 'node-12' })] as AppState['alerts']['items']) {
  const store = new LiveStore(new FrameGate((run) => run()))
  store.reset(aDirectory(nodes), aFrame(0, []))
  const app = new AppState(new FakeBridge().api, undefined, store)
  app.alerts.items = alerts
  const gone: string[] = []
  const all = palettePlaces(app)
  const find = (typed: string) => {
    const places = matchingPlaces(all, typed)
    return paletteResults(typed, { app, commands, places, go: (page, id) => gone.push(`${page}/${id}`) })
  }
  const titles = (typed: string) => find(typed).results.map(({ title, group }) => `${group}: ${title}`)
  return { app, find, titles, gone }
}

test('without text it lists commands only', () => {
  expect(aPalette(20).titles(' ')).toEqual(['Go to: Alerts', 'Go to: Nodes and alerts'])
})

test('a node with the typed name is first, then those that begin with it, then its alert', () => {
  const { find, gone } = aPalette(200)
  const { results } = find('node-12')
  expect(results[0]).toMatchObject({ id: 'node node-12', group: 'Node' })
  expect(results[1]?.id).toBe('node node-120')
  expect(results.at(-1)).toMatchObject({ group: 'Alert', severity: 'critical' })
  results[0]?.run()
  results.at(-1)?.run()
  expect(gone).toEqual(['metrics/node-12', `alerts/${anAlert().id}`])
})

test('words find alerts by node, metric and severity; one that resolved is not found', () => {
  const resolved = anAlert({
    id: anId(8),
    nodeId: 'node-3',
    phase: 'resolved',
    resolvedAt: 1,
    resolveReason: 'cleared',
  })
  const { titles } = aPalette(4, [anAlert({ nodeId: 'node-2' }), resolved, anOwnAlert()])
  expect(titles('node-2 cpu')).toEqual([expect.stringContaining('Alert: node-2 CPU')])
  expect(titles('node-3 cpu')).toEqual([])
  expect(titles('reading lag')).toHaveLength(1)
  expect(titles('this console')).toHaveLength(1)
})

test('at most eight nodes and eight alerts are listed, the worst first; the others are counted', () => {
  const storm = Array.from({ length: 30 }, (_, i) =>
    anAlert({ id: anId(i), nodeId: `node-${i}`, severity: i === 29 ? 'critical' : 'warning' }),
  )
  const { find } = aPalette(2000, storm)
  const { results, more } = find('node')
  const count = (group: string): number => results.filter((one) => one.group === group).length
  expect([count('Node'), count('Alert')]).toEqual([8, 8])
  expect(results.find(({ group }) => group === 'Alert')?.severity).toBe('critical')
  expect(more.replaceAll(/[\u202f\u00a0]/g, ' ')).toMatch(/^8 of 2.?000 nodes and 8 of 30 alerts are listed/)
  expect(find('node-19').more).toMatch(/^8 of 1\d\d nodes are listed/)
})

test('what arrives while it is open does not move the results', () => {
  const { app, titles } = aPalette(4)
  const before = titles('node-')
  app.alerts.items = [anAlert({ id: anId(5), nodeId: 'node-1' }), ...app.alerts.items]
  expect(titles('node-')).toEqual(before)
})
