import { expect, test } from 'vitest'
import { anAlert, noneSilenced } from '../alert/alert-builders.ts'
import { anId } from '../rule/rule-builders.ts'
import { attentionOf, attentionText, type AttentionFacts } from './attention.ts'
import type { Health } from './health.ts'

const calm: AttentionFacts = {
  health: { kind: 'live', behindMs: 300 },
  alerts: [],
  isSilenced: noneSilenced,
  pending: 0,
  silentNodes: 0,
}
const textOf = (change: Partial<AttentionFacts>): string => {
  const { title, text } = attentionText(attentionOf({ ...calm, ...change }))
  return `${title} ${text}`.trim()
}
const blind: Health = { kind: 'blind', since: 0, cause: 'disconnected', detail: '' }
const allIsWell = 'Nothing needs attention. No threshold is crossed.'

test('a live console without an alert, a pending one or a silent node says that nothing needs attention', () => {
  expect(textOf({})).toBe(allIsWell)
  expect(textOf({ alerts: [anAlert({ phase: 'resolved', resolvedAt: 1 })] })).toBe(allIsWell)
})

test.for<[string, Partial<AttentionFacts>, string]>([
  ['an alert', { alerts: [anAlert()] }, '1 alert fires.'],
  [
    'an acknowledged alert',
    { alerts: [anAlert({ acknowledgement: { by: 'anna', at: 0, comment: '' } })] },
    '1 alert fires.',
  ],
  [
    'the alert of an offline node, which counts once',
    { alerts: [anAlert({ id: anId(2), kind: 'offline', metric: '', value: null }), anAlert()] },
    '1 alert fires.',
  ],
  ['a pending alert', { pending: 1 }, 'No alert fires. 1 threshold is crossed, but not for long enough to fire.'],
  [
    'pending alerts and silent nodes',
    { pending: 2, silentNodes: 3 },
    'No alert fires. 2 thresholds are crossed, but not for long enough to fire. 3 nodes send no data.',
  ],
  ['a silent node', { silentNodes: 1 }, 'No alert fires. 1 node sends no data.'],
  [
    'a silenced alert',
    { alerts: [anAlert()], isSilenced: () => true },
    'Nothing else needs attention. 1 alert is silenced.',
  ],
  [
    'a silent node beside silenced alerts',
    { alerts: [anAlert(), anAlert({ id: anId(2) })], isSilenced: () => true, silentNodes: 1 },
    'No alert fires. 1 node sends no data. 2 alerts are silenced.',
  ],
  ['blindness', { health: blind }, 'Alert state unknown. ReMo reads no metrics at the moment.'],
  [
    'a backlog',
    { health: { kind: 'catching-up', lagMessages: 9, behindMs: 9000 } },
    'Alert state unknown. ReMo evaluates alerts again when it has caught up.',
  ],
  ['no metrics', { health: { kind: 'empty', pattern: '' } }, 'Alert state unknown. ReMo has no metrics yet.'],
  ['no health', { health: undefined }, 'Alert state unknown. ReMo is loading the alerts.'],
  ['no list of alerts', { alerts: undefined }, 'Alert state unknown. ReMo is loading the alerts.'],
  ['no list of pending alerts', { pending: undefined }, 'Alert state unknown. ReMo is loading the alerts.'],
  ['no nodes', { silentNodes: undefined }, 'Alert state unknown. ReMo is loading the alerts.'],
])('%s forbids it', ([, change, text]) => {
  expect(textOf(change)).toBe(text)
})
