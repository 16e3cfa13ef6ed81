import { expect, test } from 'vitest'
import { backendAwaySince } from './backend-away.ts'
import type { OperatorSession } from './operator-session.ts'

const away = { backendUrl: 'https://remo.example.org', link: { reachable: false, since: 7, detail: 'It is away.' } }
const here = { ...away, link: { reachable: true, since: 7 } }
const user = { username: 'kim', role: 'operator' as const }

test.each<[OperatorSession | undefined, number | null]>([
  [undefined, null],
  [{ kind: 'standalone' }, null],
  [{ kind: 'signed-in', ...away, user }, 7],
  [{ kind: 'signed-in', ...here, user }, null],
  [{ kind: 'signed-out', ...away, reason: 'never' }, null],
  [{ kind: 'signed-out', ...away, reason: 'signed-out' }, null],
  [{ kind: 'signed-out', ...away, reason: 'expired' }, 7],
  [{ kind: 'signed-out', ...away, reason: 'keychain' }, 7],
])('a backend is missed only where somebody works with it: %o', (session, since) => {
  expect(backendAwaySince(session)).toBe(since)
})
