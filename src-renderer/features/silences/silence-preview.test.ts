import { expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher } from '#shared/silence/silence-builders.ts'
import { previewOf, previewTitle } from './silence-preview.ts'

const node = (id: string) => ({ id, name: `Server ${id}` })
const nodes = ['web-1', 'web-2', 'web-3', 'db-1'].map(node)
const alerts = [
  anAlert({ id: anId(1), nodeId: 'web-1', severity: 'warning', openedAt: 1 }),
  anAlert({ id: anId(2), nodeId: 'web-2', openedAt: 2 }),
  anAlert({ id: anId(3), nodeId: 'db-1' }),
  anAlert({ id: anId(4), nodeId: 'web-3', phase: 'resolved', resolvedAt: 9, resolveReason: 'cleared' }),
]
const web = aMatcher('node', '=~', 'web-.*')

test('firing alerts, worst first, and the nodes without one', () => {
  const preview = previewOf([web], { alerts, nodes })
  expect(preview.alerts.map(({ id }) => id)).toEqual([anId(2), anId(1)])
  expect(preview.quiet).toEqual(['web-3'])
  expect(previewTitle(preview)).toBe('Matches 2 open alerts, 3 nodes')
})

test('other labels than those of a node say nothing about nodes without an alert', () => {
  const preview = previewOf([web, aMatcher('severity', '=', 'critical')], { alerts, nodes })
  expect([previewTitle(preview), preview.quiet]).toEqual(['Matches 1 open alert, 3 nodes', ['web-1', 'web-3']])
})

test('a node that is not in the list counts with its alert', () => {
  const gone = anAlert({ nodeId: 'web-9' })
  expect(previewTitle(previewOf([aMatcher('node', '=', 'web-9')], { alerts: [gone], nodes }))).toBe(
    'Matches 1 open alert, 1 node',
  )
})

test('of this console: no node is silenced, and none counts', () => {
  const lag = [...alerts, anOwnAlert({ id: anId(5) })]
  const preview = previewOf([aMatcher('kind', '=', 'lag')], { alerts: lag, nodes })
  expect([previewTitle(preview), preview.nodes, preview.quiet]).toEqual(['Matches 1 open alert of this console', 0, []])
  const both = previewOf([aMatcher('kind', '=~', 'lag|value')], { alerts: lag, nodes })
  expect(previewTitle(both)).toBe('Matches 4 open alerts, 4 nodes')
})

test('without a matcher it matches nothing; an invalid pattern hides nothing', () => {
  expect(previewTitle(previewOf([], { alerts, nodes }))).toBe('Matches no open alert, 0 nodes')
  expect(previewOf([aMatcher('node', '!~', '(')], { alerts, nodes }).alerts).toEqual([])
})

test('a fleet of 2,000 nodes', () => {
  const many = Array.from({ length: 2000 }, (_, i) => node(`web-${i}`))
  const firing = many.map(({ id, name }, i) => anAlert({ id: anId(i), nodeId: id, nodeName: name }))
  const preview = previewOf([aMatcher('node', '=~', 'web-1.*'), aMatcher('severity', '!=', 'warning')], {
    alerts: firing,
    nodes: many,
  })
  expect(preview.alerts.length).toBe(1111)
})
