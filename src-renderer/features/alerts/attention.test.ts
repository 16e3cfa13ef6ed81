import { aPendingAlert, anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { wholeNode } from '#shared/alert/series.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { expect, test } from 'vitest'
import { attentionItems, endedAlerts, endedSentence, type SilentNode } from './attention.ts'

const now = 10_000_000
const plain = (text: string): string => text.replaceAll('\u202f', ' ')
const nothing = { unacknowledged: [], acknowledged: [], pending: [], silent: [] }
const silent = (nodeId: string, offlineIn: number): SilentNode => ({
  nodeId,
  lastAt: now + offlineIn - 60_000,
  offlineAt: now + offlineIn,
})

test('what fires comes before what is pending, then silent nodes; acknowledged alerts come last', () => {
  const items = attentionItems(
    {
      unacknowledged: [anAlert({ id: anId(1), nodeId: 'fires' })],
      acknowledged: [anAlert({ id: anId(2), nodeId: 'acknowledged' })],
      pending: [
        aPendingAlert({
          receivedAt: now,
          alertId: anId(3),
          nodeId: 'warns-first',
          severity: 'warning',
          firesAt: 1_010_000,
        }),
        aPendingAlert({ receivedAt: now, alertId: anId(4), nodeId: 'critical', firesAt: 1_050_000 }),
        aPendingAlert({ receivedAt: now, alertId: anId(5), nodeId: 'critical-first', firesAt: 1_020_000 }),
      ],
      silent: [silent('later', 40_000), silent('soon', 19_000)],
    },
    now,
  )
  expect(items.map(({ nodeId }) => nodeId)).toEqual([
    'fires',
    'critical-first',
    'critical',
    'warns-first',
    'soon',
    'later',
    'acknowledged',
  ])
})

test('many nodes that fell silent together share a row', () => {
  const rows = (nodes: readonly SilentNode[]) =>
    attentionItems({ ...nothing, silent: nodes }, now).map((item) =>
      item.kind === 'silent' ? `${item.nodeId} +${item.others}` : item.kind,
    )
  const rack = Array.from({ length: 5 }, (_, i) => silent(`rack-${i}`, 19_000 + i * 1000))
  expect(rows([...rack, silent('alone', 40_000)])).toEqual(['rack-0 +4', 'alone +0'])
  expect(rows(rack.slice(0, 3))).toEqual(['rack-0 +0', 'rack-1 +0', 'rack-2 +0'])
  expect(rows([{ nodeId: 'never', lastAt: null }, silent('soon', 1000)])).toEqual(['soon +0', 'never +0'])
})

test('alerts that resolved within the hour, newest first', () => {
  const resolved = (n: number, resolvedAt: number) => anAlert({ id: anId(n), phase: 'resolved', resolvedAt })
  const list = [resolved(1, now - 3_700_000), resolved(2, now - 600_000), resolved(3, now - 60_000), anAlert()]
  expect(endedAlerts(list, now).map(({ id }) => id)).toEqual([anId(3), anId(2)])
})

test.each([
  [
    'Network 727 Mbps, was 958 Mbps, lasted 4 m 10 s',
    { metric: 'network_traffic', value: 958, resolvedValue: 727, resolvedAt: 1_250_000 },
  ],
  ['CPU was 97.2 %, lasted 1 m', { resolvedAt: 1_060_000 }],
  [
    'CPU 19.6 %, was 97.2 %, lasted 1 m',
    { severity: 'warning', value: 18.8, worstValue: 97.2, threshold: 85, resolvedValue: 19.6, resolvedAt: 1_060_000 },
  ],
  [
    'CPU 19.6 %, lasted 1 m',
    { severity: 'warning', value: 18.8, threshold: 85, resolvedValue: 19.6, resolvedAt: 1_060_000 },
  ],
  ['No CPU data, lasted 1 m', { kind: 'no-data', value: null, resolvedAt: 1_060_000 }],
  ['Was offline, lasted 1 m', { kind: 'offline', metric: wholeNode, value: null, resolvedAt: 1_060_000 }],
] as const)('%s', (text, change) => {
  expect(plain(endedSentence(anAlert({ phase: 'resolved', ...change })))).toBe(text)
})

test.each([
  ['Reading lag was 8 m 20 s, lasted 1 m', { value: 80, worstValue: 500 }],
  ['Reading lag was 42 s, lasted 1 m', { value: 42 }],
  ['Reading lag, lasted 1 m', { value: 20 }],
] as const)('%s', (text, change) => {
  const ended = anOwnAlert({ phase: 'resolved', since: now - 60_000, resolvedAt: now, ...change })
  expect(plain(endedSentence(ended))).toBe(text)
})
