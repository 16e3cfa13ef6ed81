import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { emptyTeamWrite, type TeamWrite } from '../batch-write.ts'
import { databasePath } from '../connection.ts'
import { aBatchWrite, defined, someSamples, startAt } from '../store-builders.ts'
import { aCachePerTest } from '../test-cache.ts'

const cache = aCachePerTest()

const acknowledgement = { by: 'kim', at: startAt, comment: 'mine' }

function anAction(alertId: string, id = anId(900)): OperatorAction {
  return { id, at: startAt, user: 'kim', state: 'waiting', change: { kind: 'acknowledge', alertId, acknowledgement } }
}

function aTeamWrite(part: Partial<TeamWrite>): TeamWrite {
  return { ...emptyTeamWrite, ...part }
}

it('moves acknowledgement, notifications and actions of a withdrawn alert to its replacement', () => {
  const alert = anAlert({ id: anId(1), provisional: true })
  const replacement = anAlert({ id: anId(2) })
  const queuedNotifications = [{ alertId: alert.id, transition: 'opened' }] as const
  cache.store.commitBatch(
    aBatchWrite({ alerts: [alert], queuedNotifications, events: [{ alertId: alert.id, kind: 'opened', at: 1 }] }),
  )
  const event = { alertId: alert.id, kind: 'acknowledged', at: startAt, by: 'kim' } as const
  cache.store.team.saveActs([{ alert: { ...alert, acknowledgement }, event, action: anAction(alert.id) }])
  expect(cache.store.team.provisionalAlerts()).toHaveLength(1)
  const withdrawals = [{ alertId: alert.id, replacedBy: replacement.id }]
  cache.store.commitBatch(aBatchWrite({ alerts: [replacement], team: aTeamWrite({ withdrawals }) }))
  expect([
    cache.store.alerts.firing(),
    cache.store.team.provisionalAlerts(),
    cache.store.alerts.timeline(alert.id),
  ]).toEqual([[replacement], [], []])
  expect(cache.store.alerts.timeline(replacement.id)).toEqual([{ ...event, alertId: replacement.id }])
  expect(cache.store.alerts.queuedNotifications()).toEqual([
    { alert: replacement, transition: 'opened', wasShown: false },
  ])
  const [moved] = cache.store.team.actions()
  expect(moved).toEqual(anAction(replacement.id, defined(moved).id))
  expect(defined(moved).id).not.toBe(anAction(alert.id).id)
})

it('keeps a sent acknowledgement unlisted until the backend confirms it, and adds no action twice', () => {
  const action = anAction(anId(1))
  cache.store.team.addAction(action)
  cache.store.team.addAction(action)
  expect(cache.store.team.actions()).toEqual([action])
  cache.store.team.finishAction(action, true)
  expect([cache.store.team.actions(), cache.store.team.action(action.id)]).toEqual([[], undefined])
  expect(cache.store.team.pendingAcknowledgements(anId(1))).toEqual([acknowledgement])
  cache.store.commitBatch(aBatchWrite({ team: aTeamWrite({ confirmedAlertIds: [anId(1)] }) }))
  expect(cache.store.team.pendingAcknowledgements(anId(1))).toEqual([])
})

it('restores queued actions from a damaged file, but not sent ones', () => {
  const received = anAction(anId(1), anId(901))
  cache.store.team.addAction(anAction(anId(1)))
  cache.store.team.addAction(received)
  cache.store.team.finishAction(received, true)
  cache.store.commitBatch(aBatchWrite({ samples: someSamples(20_000) }))
  cache.close()
  const bytes = readFileSync(databasePath(cache.dir))
  bytes.fill(0xa5, bytes.length - 3 * 8192)
  writeFileSync(databasePath(cache.dir), bytes)
  writeFileSync(join(cache.dir, 'remo.sqlite.open'), '')
  const notices = cache.reopen()
  expect(defined(notices[0]).text).toContain('So were the changes waiting to be sent.')
  expect(cache.store.team.actions()).toEqual([anAction(anId(1))])
})

it('drops the published versions of alerts that no longer exist', () => {
  const alert = anAlert({ phase: 'resolved', openedAt: startAt, resolvedAt: startAt, resolveReason: 'cleared' })
  const officialAlerts = [
    { id: alert.id, version: 3, nodeId: alert.nodeId, metric: alert.metric, isAcknowledged: false },
  ]
  cache.store.commitBatch(aBatchWrite({ alerts: [alert], team: aTeamWrite({ officialAlerts }) }))
  expect(cache.store.team.officialAlerts(alert.nodeId, alert.metric)).toEqual([alert])
  cache.store.dropBefore(startAt + 1)
  expect(cache.store.team.officialVersion(alert.id)).toBeUndefined()
})
