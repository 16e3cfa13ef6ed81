import { expect, test } from 'vitest'
import { AppHealth } from '../app/app-health.ts'
import { NotificationsNotice, notificationsNotice } from './notifications-notice.ts'

const unsigned = /^macOS shows no notifications of this ReMo, because it is not signed with a certificate\./
const refusal = 'The system refused it: no.'
const broken = /^Desktop notifications do not work\. The system refused it: no\. ReMo shows alerts only/

test.for([
  [undefined, false, undefined, undefined],
  [undefined, false, 'unknown', undefined],
  [undefined, false, 'certificate', undefined],
  [undefined, false, 'ad-hoc', unsigned],
  [undefined, false, 'none', unsigned],
  [refusal, false, 'none', unsigned],
  [refusal, false, 'certificate', broken],
  [refusal, false, undefined, broken],
  [undefined, true, 'ad-hoc', undefined],
  [undefined, true, undefined, undefined],
] as const)('problem: %s, shown: %s, signature: %s', ([problem, hasShown, signature, text]) => {
  const notice = notificationsNotice({ problem, hasShown, signature })
  if (text === undefined) expect(notice).toBeUndefined()
  else expect(notice?.text).toMatch(text)
})

test('there is one notice at a time, and it goes when a popup was shown', () => {
  const health = new AppHealth(0)
  const notice = new NotificationsNotice(health)
  const texts = (): string[] => health.report.notices.map(({ text }) => text)
  notice.learn({ problem: refusal })
  expect(texts()).toEqual([expect.stringMatching(broken)])
  notice.learn({ signature: 'ad-hoc' })
  expect(texts()).toEqual([expect.stringMatching(unsigned)])
  notice.learn({ problem: undefined, hasShown: true })
  expect(texts()).toEqual([])
})
