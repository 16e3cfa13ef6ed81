import { expect, test } from 'vitest'
import { decodeMessage, encodeSignal } from '../dbus/bus-message.ts'
import { launcherUpdate } from './launcher-entry.ts'

test.each([
  [{ kind: 'count', count: 2000 } as const, 2000, true],
  [{ kind: 'none' } as const, 0, false],
  [{ kind: 'unknown' } as const, 0, false],
])('%j, as a dock reads it from the bus', (badge, count, isVisible) => {
  const signal = decodeMessage(encodeSignal(launcherUpdate(badge), 7))
  expect(signal).toMatchObject({ type: 4, interface: 'com.canonical.Unity.LauncherEntry', member: 'Update' })
  const [uri, facts] = signal.body as [string, { count: unknown; 'count-visible': boolean }]
  expect([uri, Number(facts.count), facts['count-visible']]).toEqual(['application://remo.desktop', count, isVisible])
})
