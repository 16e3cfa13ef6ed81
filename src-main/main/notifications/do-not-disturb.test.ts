import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initialQuietHours } from '#shared/do-not-disturb/quiet-hours.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import { SettingsFileStore } from '../settings/settings-file-store.ts'
import { SettingsService } from '../settings/settings-service.ts'
import { DoNotDisturb } from './do-not-disturb.ts'
import { DoNotDisturbFile } from './do-not-disturb-file.ts'

const minutes = 60_000
const hours = 60 * minutes
/** A Tuesday, 12:04 UTC. */
const noon = Date.UTC(2026, 10, 24, 12, 4)

let folder: string
let now: number
let settings: SettingsService
let stops: Array<() => void>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-quiet-'))
  now = noon
  stops = []
  const store = new SettingsFileStore({ path: join(folder, 'settings.json'), log: nullLog, now: () => now })
  settings = new SettingsService(store, {})
  settings.set('appearance.timeZone', 'utc')
})
afterEach(() => {
  for (const stop of stops) stop()
  rmSync(folder, { recursive: true, force: true })
})

const path = (): string => join(folder, 'do-not-disturb.json')
/** A console with this folder. */
function start(): DoNotDisturb {
  const held = () => ({ critical: 0, warning: 2, blind: 0 })
  const file = new DoNotDisturbFile(path(), nullLog)
  const doNotDisturb = new DoNotDisturb({ file, settings, held, now: () => now, log: nullLog })
  stops.push(doNotDisturb.follow())
  return doNotDisturb
}

test('a pause outlives a restart, and ends on time after it', () => {
  start().request('1h')
  now += 20 * minutes
  const restarted = start()
  expect(restarted.view).toEqual({
    active: { until: noon + hours, cause: 'pause', choice: '1h', canExtend: true },
    held: { critical: 0, warning: 2, blind: 0 },
  })
  now = noon + hours
  expect([restarted.active, restarted.isDigestDue]).toEqual([undefined, true])
})

test('a restart after the end still owes the digest, once', () => {
  start().request('15m')
  now += hours
  const restarted = start()
  expect([restarted.active, restarted.isDigestDue]).toEqual([undefined, true])
  restarted.digestDone()
  expect([restarted.isDigestDue, start().isDigestDue]).toEqual([false, false])
})

test('the digest is not done while do not disturb goes on', () => {
  const doNotDisturb = start()
  doNotDisturb.request('15m')
  doNotDisturb.digestDone()
  expect(start().isDigestDue).toBe(true)
})

test('the morning is that of the zone in which times are written', () => {
  const doNotDisturb = start()
  doNotDisturb.request('morning')
  expect(doNotDisturb.active?.until).toBe(Date.UTC(2026, 10, 25, 8))
})

test('two consoles with one folder agree', async () => {
  const [first, second] = [start(), start()] as const
  const views: DoNotDisturbView[] = []
  second.onChange((view) => views.push(view))
  first.request('4h')
  await expect.poll(() => second.active?.until).toBe(noon + 4 * hours)
  expect(views.at(-1)?.active?.choice).toBe('4h')
  second.request('extend')
  await expect.poll(() => first.active?.until).toBe(noon + 4 * hours + 15 * minutes)
  first.request('off')
  await expect.poll(() => second.active).toBeUndefined()
})

test('listeners hear when it ends by itself, and when quiet hours begin', () => {
  settings.set('notifications.quietHours', { ...initialQuietHours, on: true, zone: 'Europe/Zurich' })
  const doNotDisturb = start()
  const causes: Array<string | undefined> = []
  doNotDisturb.onChange(({ active }) => causes.push(active?.cause))
  doNotDisturb.request('15m')
  now += 15 * minutes
  doNotDisturb.tick()
  now = Date.UTC(2026, 10, 24, 21)
  doNotDisturb.tick()
  expect(causes).toEqual(['pause', undefined, 'quiet-hours'])
  expect(doNotDisturb.active?.until).toBe(Date.UTC(2026, 10, 25, 6))
})

test('quiet hours that were ended by hand stay over, unless they are set anew', () => {
  settings.set('notifications.quietHours', { ...initialQuietHours, on: true, zone: 'UTC' })
  now = Date.UTC(2026, 10, 24, 23)
  const doNotDisturb = start()
  expect(doNotDisturb.active?.cause).toBe('quiet-hours')
  doNotDisturb.request('off')
  expect([doNotDisturb.active, start().active]).toEqual([undefined, undefined])
  settings.set('appearance.theme', 'light')
  expect(doNotDisturb.active).toBeUndefined()
  settings.set('notifications.quietHours', { ...initialQuietHours, on: true, zone: 'UTC', to: '06:00' })
  expect(doNotDisturb.active?.until).toBe(Date.UTC(2026, 10, 25, 6))
})

test('an unknown time zone is said, and the one of this computer is used', () => {
  settings.set('notifications.quietHours', { ...initialQuietHours, on: true, zone: 'Mars/Olympus' })
  expect(start().view.problem).toMatch(/does not know the time zone Mars\/Olympus/)
})

test('the setting decides whether critical breaks through', () => {
  const doNotDisturb = start()
  expect(doNotDisturb.inForce).toEqual({ until: undefined, criticalBreaksThrough: true })
  settings.set('notifications.criticalBreaksThrough', false)
  doNotDisturb.request('1h')
  expect(doNotDisturb.inForce).toEqual({ until: noon + hours, criticalBreaksThrough: false })
})

test.each(['', 'no json', '[]', '{"pause":{"from":"x"},"heldSince":[]}', '{"pause":7,"later":true}'])(
  'a file that is %j counts as none',
  (text) => {
    writeFileSync(path(), text)
    const doNotDisturb = start()
    expect([doNotDisturb.active, doNotDisturb.isDigestDue]).toEqual([undefined, false])
    doNotDisturb.request('1h')
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pause: { until: noon + hours } })
  },
)

test('a file that cannot be written changes nothing in this run', () => {
  rmSync(folder, { recursive: true })
  const doNotDisturb = start()
  doNotDisturb.request('15m')
  doNotDisturb.request('extend')
  expect(doNotDisturb.active?.until).toBe(noon + 30 * minutes)
  doNotDisturb.request('off')
  expect(doNotDisturb.active).toBeUndefined()
})
