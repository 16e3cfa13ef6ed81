import { expect, test } from 'vitest'
import { refreshVerdict } from './refresh-verdict.ts'

const now = 1_000_000
const fresh = {
  disabled: false,
  revoked: false,
  expiresAt: new Date(now + 1),
  usedAt: null,
  lastUsedAt: null,
}
const used = (agoMs: number, lastAgoMs = agoMs) => ({
  ...fresh,
  usedAt: new Date(now - agoMs),
  lastUsedAt: new Date(now - lastAgoMs),
})

test.each([
  ['an unused token', fresh, 'good'],
  ['one used within the last 10 s', used(10_000), 'retried'],
  ['one used before that', used(10_001), 'reused'],
  ['one whose successor was used, so that its response did arrive', used(5_000, 4_000), 'reused'],
  ['one that was never issued', undefined, 'unknown'],
  ['one that has expired', { ...fresh, expiresAt: new Date(now) }, 'expired'],
  ['one of a session that was ended', { ...used(20_000), revoked: true }, 'revoked'],
  [
    'one of a disabled account, whose sessions are ended as well',
    { ...fresh, revoked: true, disabled: true },
    'disabled',
  ],
] as const)('%s', (_title, held, verdict) => {
  expect(refreshVerdict(held, now)).toBe(verdict)
})
