import { describe, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aBatchWrite, startAt, defined } from '../store-builders.ts'
import { aCachePerTest } from '../test-cache.ts'

const cache = aCachePerTest()

describe('alerts and notifications', () => {
  const opened = { alertId: anAlert().id, kind: 'opened', at: startAt, severity: 'critical' } as const

  it('written twice are stored once', () => {
    const write = aBatchWrite({
      alerts: [anAlert()],
      events: [opened],
      queuedNotifications: [{ alertId: anAlert().id, transition: 'opened' }],
    })
    cache.store.commitBatch(write)
    cache.store.commitBatch(write)
    expect(cache.store.alerts.firing()).toEqual([anAlert()])
    expect(cache.store.alerts.timeline(anAlert().id)).toEqual([opened])
    expect(cache.store.alerts.queuedNotifications()).toEqual([
      { alert: anAlert(), transition: 'opened', wasShown: false },
    ])
  })

  it('keep a notification queued until it is shown, and never queue it again', () => {
    const queued = { alertId: anAlert().id, transition: 'opened' } as const
    cache.store.commitBatch(aBatchWrite({ alerts: [anAlert()], queuedNotifications: [queued] }))
    cache.reopen()
    expect(cache.store.alerts.queuedNotifications()).toEqual([
      { alert: anAlert(), transition: 'opened', wasShown: false },
    ])
    cache.store.alerts.settleNotifications([queued], { shown: true, at: startAt + 1 })
    cache.store.alerts.settleNotifications([queued], { shown: true, at: startAt + 2 })
    cache.store.commitBatch(aBatchWrite({ queuedNotifications: [queued] }))
    cache.reopen()
    expect(cache.store.alerts.queuedNotifications()).toEqual([])
    expect(cache.store.alerts.timeline(anAlert().id)).toEqual([
      { alertId: anAlert().id, kind: 'notified', at: startAt + 1, severity: 'critical' },
    ])
  })

  it('list firing and resolved alerts separately, newest first', () => {
    const alerts = [1, 2, 3, 4].map((n) =>
      anAlert({
        id: `7d1f8f6e-58ab-8d5e-9a3c-00000000000${n}`,
        openedAt: startAt + n,
        phase: n % 2 ? 'firing' : 'resolved',
      }),
    )
    cache.store.commitBatch(aBatchWrite({ alerts }))
    expect(cache.store.alerts.list({ open: true })).toEqual([alerts[2], alerts[0]])
    expect(cache.store.alerts.list({ open: false })).toEqual([alerts[3], alerts[1]])
    expect(cache.store.alerts.get(defined(alerts[1]).id)).toEqual(alerts[1])
    expect(cache.store.alerts.get('7d1f8f6e-58ab-8d5e-9a3c-000000000009')).toBeUndefined()
  })

  it('store an acknowledgement with its event', () => {
    const acknowledged = anAlert({ acknowledgement: { by: 'anna', at: startAt, comment: 'on it' } })
    const event = { alertId: acknowledged.id, kind: 'acknowledged', at: startAt, by: 'anna', comment: 'on it' } as const
    cache.store.alerts.save(acknowledged, event)
    cache.reopen()
    expect([cache.store.alerts.get(acknowledged.id), cache.store.alerts.timeline(acknowledged.id)]).toEqual([
      acknowledged,
      [event],
    ])
  })
})
