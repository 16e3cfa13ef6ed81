import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { socketsOf } from '../../src-main/main/dbus/bus-address.ts'
import { Bus } from '../../src-main/main/dbus/bus.ts'
import { followTrayHost, hasTrayHost } from '../../src-main/main/tray/tray-host.ts'
import { nullLog } from '../support/null-log.ts'
import { PrivateBus } from '../support/private-bus.ts'
import { TrayHost } from '../support/tray-host.ts'

let daemon: PrivateBus
let bus: Bus

beforeEach(async () => {
  daemon = await new PrivateBus().start()
  bus = new Bus({ sockets: () => socketsOf(daemon.address), log: nullLog, firstRetryMs: 20 })
})
afterEach(async () => {
  bus.end()
  await daemon.end()
})

test('other systems than Linux always show a tray', async () => {
  expect(await hasTrayHost(undefined)).toBe(true)
})

test('a host on the session bus shows the tray, and one that comes later is noticed', async () => {
  const changed = vi.fn()
  const stop = followTrayHost(bus, changed)
  expect(await hasTrayHost(bus)).toBe(false)
  const host = await new TrayHost(daemon.address).start()
  await expect.poll(() => changed).toHaveBeenCalled()
  expect(await hasTrayHost(bus)).toBe(true)
  changed.mockClear()
  host.stop()
  await expect.poll(() => changed).toHaveBeenCalled()
  expect(await hasTrayHost(bus)).toBe(false)
  stop()
})

test('without a bus no tray is assumed', async () => {
  await daemon.kill()
  expect(await hasTrayHost(bus)).toBe(false)
})
