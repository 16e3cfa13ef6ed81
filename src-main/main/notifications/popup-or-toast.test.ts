import { expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { BlindNotifications } from './blind-notifications.ts'
import { TestPause } from './pause-builder.ts'
import { popupOrToast } from './popup-or-toast.ts'
import { WindowToasts } from './window-toasts.ts'

const blind: Health = { kind: 'blind', since: 0, cause: 'storage', detail: 'The disk is full.' }

/** Blindness on a system that shows popups, or refuses them. */
function blindness(works: boolean) {
  const seen = { shown: 0, acts: [] as string[] }
  const toasts = new WindowToasts(() => undefined)
  const notifications = new BlindNotifications({
    show: popupOrToast({
      show: () => Promise.resolve(works),
      toast: (popup) => toasts.show(popup),
      onShown: () => seen.shown++,
    }),
    withdraw: (tag) => toasts.withdraw(tag),
    pause: new TestPause(),
    heldBack: () => undefined,
    sound: () => undefined,
    isMuted: () => false,
    act: ({ kind }) => seen.acts.push(kind),
    now: () => 60_000,
    timeStyle: () => ({ offsetMinutes: 0 }),
  })
  return { notifications, toasts, seen }
}

test('blindness that the system refuses to show is a toast with its buttons, and so is its end', async () => {
  const { notifications, toasts, seen } = blindness(false)
  await notifications.tick(blind)
  expect(toasts.list).toMatchObject([
    {
      tag: 'blind',
      title: 'Monitoring is blind since 00:00:00',
      body: 'The disk is full. Alerts may be missing.',
      isSticky: true,
      buttons: ['Test connection', 'Open'],
    },
  ])
  await notifications.tick({ kind: 'live', behindMs: 100 })
  expect(toasts.list.map(({ title }) => title)).toEqual(['Monitoring restored'])
  toasts.act('blind', 'open')
  expect(seen).toEqual({ shown: 0, acts: ['open'] })
})

test('what the system shows is no toast', async () => {
  const { notifications, toasts, seen } = blindness(true)
  await notifications.tick(blind)
  expect([toasts.list, seen.shown]).toEqual([[], 1])
})
