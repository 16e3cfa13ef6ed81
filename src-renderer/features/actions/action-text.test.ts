import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import type { OperatorChange } from '#shared/team/operator-action.ts'
import { anAction } from '../../bridge/bridge-builders.ts'
import { actionTarget, actionSentence } from './action-text.ts'

const known = { alerts: [anAlert()], rules: [aRule()], silences: [aSilence()], unitOf: () => '' }
const unknown = { ...known, alerts: [], rules: [], silences: [] }
const {
  deleted: _deleted,
  effectiveFrom: _from,
  updatedAt: _at,
  updatedBy: _by,
  id: _id,
  version: _v,
  ...draft
} = aRule()
const change: Record<string, OperatorChange> = {
  acknowledge: anAction().change,
  unacknowledge: {
    kind: 'unacknowledge',
    alertId: anId(1),
    acknowledgement: { by: 'anna', at: 1_000_000, comment: 'batch job' },
  },
  add: { kind: 'save-rule', draft },
  change: { kind: 'save-rule', ruleId: anId(100), version: 1, draft: { ...draft, enabled: false } },
  silence: { kind: 'save-silence', silence: aSilence() },
  'silence-change': { kind: 'save-silence', silence: aSilence({ version: 2 }) },
  expire: { kind: 'expire-silence', silenceId: aSilence().id },
  remove: { kind: 'remove-rule', ruleId: anId(100), version: 1 },
}
const levels = 'warning above 85\u202f%, critical above 95\u202f%, clears below 75\u202f%'

test.for([
  ['acknowledge', 'Acknowledge node-1, CPU usage: “batch job”', { page: 'alerts', id: anId(1) }],
  ['unacknowledge', 'Undo the acknowledgement of node-1, CPU usage', { page: 'alerts', id: anId(1) }],
  ['add', `Add the threshold CPU usage, all nodes: ${levels}`, undefined],
  ['change', `Change the threshold CPU usage, all nodes: ${levels}, off`, { page: 'thresholds', id: anId(100) }],
  ['silence', 'Silence node-1: “disk swap”', { page: 'silences', id: aSilence().id }],
  ['silence-change', 'Change the silence of node-1: “disk swap”', { page: 'silences', id: aSilence().id }],
  ['expire', 'Expire the silence of node-1', { page: 'silences', id: aSilence().id }],
  ['remove', 'Delete the threshold CPU usage, all nodes', { page: 'thresholds', id: anId(100) }],
] as const)('%s: the change in words, and its target', ([kind, text, place]) => {
  const action = anAction(change[kind] ? { change: change[kind] } : {})
  expect([actionSentence(action, known), actionTarget(action, known)]).toEqual([text, place])
})

test('a deleted target has no name and no link', () => {
  const action = anAction({ change: { kind: 'remove-rule', ruleId: anId(100), version: 1 } })
  expect([actionSentence(action, unknown), actionTarget(action, unknown)]).toEqual([
    'Delete the threshold that no longer exists',
    undefined,
  ])
})
