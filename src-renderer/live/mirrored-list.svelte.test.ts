import { expect, test } from 'vitest'
import { okReply, FakeBridge } from '../bridge/fake-bridge.ts'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { MirroredList } from './mirrored-list.svelte.ts'

const mirrorOf = (bridge: FakeBridge): MirroredList<Alert> =>
  new MirroredList<Alert>({
    list: () => bridge.api['alerts.list']({ open: false }),
    changes: (listener) => bridge.api.on('alerts.changed', listener),
    gone: ({ phase }) => phase === 'resolved',
  })

test('keeps a change that arrives before the list', async () => {
  const bridge = new FakeBridge({
    'alerts.list': () => okReply([anAlert({ severity: 'warning' }), anAlert({ id: anId(2) })]),
  })
  const mirror = mirrorOf(bridge)
  mirror.follow()
  bridge.push('alerts.changed', [anAlert({ severity: 'critical' })])
  await expect
    .poll(() => mirror.items.map(({ id, severity }) => [id, severity]))
    .toEqual([
      [anId(1), 'critical'],
      [anId(2), 'critical'],
    ])
})

test('a deleted item leaves the list, and no change arrives after the end', async () => {
  const bridge = new FakeBridge({ 'alerts.list': () => okReply([anAlert()]) })
  const mirror = mirrorOf(bridge)
  const stop = mirror.follow()
  await expect.poll(() => mirror.items).toHaveLength(1)
  bridge.push('alerts.changed', [anAlert({ phase: 'resolved' })])
  expect(mirror.items).toEqual([])
  stop()
  bridge.push('alerts.changed', [anAlert()])
  expect(mirror.items).toEqual([])
})
