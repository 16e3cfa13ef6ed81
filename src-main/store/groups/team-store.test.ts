import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { TeamWrite } from '../batch-write.ts'
import { databasePath } from '../connection.ts'
import { ConsoleStore } from '../console-store.ts'
import { aBatchWrite, aFolder, defined, someSamples, startAt } from '../store-builders.ts'

let folder: ReturnType<typeof aFolder>
let store: ConsoleStore

beforeEach(() => {
  folder = aFolder()
  store = ConsoleStore.open(folder.dir, startAt).store
})

afterEach(() => {
  store.close()
  folder.dispose()
})

const acknowledgement = { by: 'kim', at: startAt, comment: 'mine' }

function anAction(alertId: string, id = anId(900)): OperatorAction {
  return { id, at: startAt, user: 'kim', state: 'waiting', change: { kind: 'acknowledge', alertId, acknowledgement } }
}

function aTeamWrite(part: Partial<TeamWrite>): TeamWrite {
  return {
    rules: [],
    officialAlerts: [],
    deletedAlertIds: [],
    withdrawals: [],
    confirmedAlertIds: [],
    cancelledNotifications: [],
    deferrals: [],
    ...part,
  }
}

it('hands what was done to an alert that leaves to its heir: acknowledgement, notifications, actions', () => {
  const alert = anAlert({ id: anId(1), provisional: true })
  const replacement = anAlert({ id: anId(2) })
  const queuedNotifications = [{ alertId: alert.id, transition: 'opened' }] as const
  store.commitBatch(
    aBatchWrite({ alerts: [alert], queuedNotifications, events: [{ alertId: alert.id, kind: 'opened', at: 1 }] }),
  )
  const event = { alertId: alert.id, kind: 'acknowledged', at: startAt, by: 'kim' } as const
  store.team.saveAcknowledged({ ...alert, acknowledgement }, event, anAction(alert.id))
  expect(store.team.provisionalAlerts()).toHaveLength(1)
  const withdrawals = [{ alertId: alert.id, replacedBy: replacement.id }]
  store.commitBatch(aBatchWrite({ alerts: [replacement], team: aTeamWrite({ withdrawals }) }))
  expect([store.openAlerts(), store.team.provisionalAlerts(), store.timeline(alert.id)]).toEqual([
    [replacement],
    [],
    [],
  ])
  expect(store.timeline(replacement.id)).toEqual([{ ...event, alertId: replacement.id }])
  expect(store.queuedNotifications()).toEqual([{ alert: replacement, transition: 'opened' }])
  const [moved] = store.team.actions()
  expect(moved).toEqual(anAction(replacement.id, defined(moved).id))
  expect(defined(moved).id).not.toBe(anAction(alert.id).id)
})

it('keeps a told acknowledgement unlisted until the backend was heard, and adds no action twice', () => {
  const action = anAction(anId(1))
  store.team.addAction(action)
  store.team.addAction(action)
  expect(store.team.actions()).toEqual([action])
  store.team.finishAction(action, true)
  expect([store.team.actions(), store.team.action(action.id)]).toEqual([[], undefined])
  expect(store.team.pendingAcknowledgements(anId(1))).toEqual([acknowledgement])
  store.commitBatch(aBatchWrite({ team: aTeamWrite({ confirmedAlertIds: [anId(1)] }) }))
  expect(store.team.pendingAcknowledgements(anId(1))).toEqual([])
})

it('carries actions over from a damaged file, except those that were told', () => {
  const received = anAction(anId(1), anId(901))
  store.team.addAction(anAction(anId(1)))
  store.team.addAction(received)
  store.team.finishAction(received, true)
  store.commitBatch(aBatchWrite({ samples: someSamples(20_000) }))
  store.close()
  const bytes = readFileSync(databasePath(folder.dir))
  bytes.fill(0xa5, bytes.length - 3 * 8192)
  writeFileSync(databasePath(folder.dir), bytes)
  writeFileSync(join(folder.dir, 'remo.sqlite.open'), '')
  const opened = ConsoleStore.open(folder.dir, startAt)
  store = opened.store
  expect(defined(opened.notices[0]).text).toContain('So were the changes waiting to be sent.')
  expect(store.team.actions()).toEqual([anAction(anId(1))])
})

it('drops what the backend told of alerts that are gone', () => {
  const alert = anAlert({ phase: 'resolved', openedAt: startAt, resolvedAt: startAt, resolveReason: 'cleared' })
  const officialAlerts = [{ id: alert.id, version: 3, nodeId: alert.nodeId, metric: alert.metric }]
  store.commitBatch(aBatchWrite({ alerts: [alert], team: aTeamWrite({ officialAlerts }) }))
  expect(store.team.officialAlerts(alert.nodeId, alert.metric)).toEqual([alert])
  store.dropBefore(startAt + 1)
  expect(store.team.officialVersion(alert.id)).toBeUndefined()
})
