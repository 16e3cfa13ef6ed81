import { expect, test } from 'vitest'
import { AppHealth } from '../app/app-health.ts'
import { NotificationsNotice, notificationsNotice } from './notifications-notice.ts'

const unsigned = /^macOS shows no notifications of this ReMo, because it is not signed with a certificate\./
const broken = /^Desktop notifications do not work on this system\./

test.for([
  [undefined, undefined, undefined],
  [undefined, 'unknown', undefined],
  [undefined, 'certificate', undefined],
  [undefined, 'ad-hoc', unsigned],
  [undefined, 'none', unsigned],
  [false, 'none', unsigned],
  [false, 'certificate', broken],
  [false, undefined, broken],
  [true, 'ad-hoc', undefined],
  [true, undefined, undefined],
] as const)('popups shown: %s, signature: %s', ([works, signature, text]) => {
  const notice = notificationsNotice({ works, signature })
  if (text === undefined) expect(notice).toBeUndefined()
  else expect(notice?.text).toMatch(text)
})

test('there is one notice at a time, and it goes when a popup was shown', () => {
  const health = new AppHealth(0)
  const notice = new NotificationsNotice(health)
  const texts = (): string[] => health.report.notices.map(({ text }) => text)
  notice.learn({ works: false })
  expect(texts()).toEqual([expect.stringMatching(broken)])
  notice.learn({ signature: 'ad-hoc' })
  expect(texts()).toEqual([expect.stringMatching(unsigned)])
  notice.learn({ works: true })
  expect(texts()).toEqual([])
})
