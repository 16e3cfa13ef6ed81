import { expect, test } from 'vitest'
import { desktopHint, lockHint } from './desktop-text.ts'

const desktop = { server: 'dunst 1.9.0', hasButtons: true, knowsLock: true }

test('the desktop is named with what it can do', () => {
  expect(desktopHint(true, { notifies: true, desktop })).toBe(
    'dunst 1.9.0 shows the notifications of ReMo, with buttons to acknowledge, silence and open.',
  )
  expect(desktopHint(true, { notifies: true, desktop: { hasButtons: false, knowsLock: true } })).toMatch(
    /^This computer shows .* without buttons\. A click opens the alert/,
  )
  expect(desktopHint(true, { notifies: true })).toBe('This computer shows the notifications of ReMo.')
})

test('a desktop that shows nothing says why, and where alerts are', () => {
  const problem = 'No program on this desktop shows notifications.'
  expect(desktopHint(false, { notifies: false, desktop: { hasButtons: false, knowsLock: false, problem } })).toBe(
    `${problem} ReMo shows alerts only in this window and in the tray.`,
  )
})

test('hiding by the lock says where it cannot work', () => {
  expect(lockHint(true, { notifies: true, desktop: { ...desktop, knowsLock: false } })).toMatch(/does not report/)
  expect(lockHint(true, { notifies: true, desktop })).toMatch(/^“1 critical alert”/)
  expect(lockHint(false, undefined)).toMatch(/for everybody who sees it/)
})
