import { expect, test } from 'vitest'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { NotificationTest, systemSettingsOf } from './notification-test.svelte.ts'

test('it says what the desktop said', async () => {
  const bridge = new FakeBridge({ 'notifications.test': () => okReply({ shown: true }) })
  const sent = new NotificationTest(bridge.api)
  expect(await sent.send()).toBe(true)
  expect(sent.result?.text).toContain('The desktop accepted it.')
  bridge.replies['notifications.test'] = () => okReply({ shown: false, problem: 'The system did not answer.' })
  expect(await sent.send()).toBe(false)
  expect(sent.result).toEqual({ ok: false, text: 'Not shown. The system did not answer.' })
  bridge.replies['notifications.test'] = () => failureReply('failed', 'The console stopped.')
  await sent.send()
  expect([sent.result?.text, sent.running]).toEqual(['Not shown. The console stopped.', false])
})

test('each system has its own place for them', () => {
  expect(new Set(['linux', 'darwin', 'win32'].map(systemSettingsOf)).size).toBe(3)
})
