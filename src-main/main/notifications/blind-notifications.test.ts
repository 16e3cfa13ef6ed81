import { expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { BlindNotifications } from './blind-notifications.ts'
import type { DesktopPopup } from './desktop-notifier.ts'

const since = Date.UTC(2026, 10, 24, 13, 2, 11)
const blind: Health = { kind: 'blind', since, cause: 'disconnected', detail: 'Nothing listens at 127.0.0.1:9092.' }

test('blindness is one critical popup, and a quiet one replaces it at the end', async () => {
  const shown: DesktopPopup[] = []
  let now = since + 60_000
  const notifications = new BlindNotifications({
    show: (popup) => {
      shown.push(popup)
      return Promise.resolve(true)
    },
    open: () => undefined,
    now: () => now,
    timeStyle: () => ({ offsetMinutes: 60 }),
  })
  await notifications.tick(blind)
  await notifications.tick(blind)
  now = since + 370_000
  await notifications.tick({ kind: 'live', behindMs: 200 })
  expect(shown.map(({ tag, title, body, urgency }) => [tag, urgency, title, body.replace(/\u202f/g, ' ')])).toEqual([
    ['blind', 'critical', 'Monitoring blind since 14:02:11', 'Nothing listens at 127.0.0.1:9092.'],
    ['blind', 'low', 'Monitoring restored', 'Monitoring was blind for 6 m 10 s, since 14:02:11.'],
  ])
})
