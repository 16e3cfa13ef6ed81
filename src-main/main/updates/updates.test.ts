import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Installation } from '#shared/update/installation.ts'
import type { UpdateFeed } from '#shared/update/update-feed.ts'
import type { UpdateOffer, UpdatesView } from '#shared/update/updates-view.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import { UpdateFailure } from './update-failure.ts'
import type { UpdaterEngine } from './updater-engine.ts'
import { Updates } from './updates.ts'
import type { UpdatesDeps } from './updates.ts'

const offer: UpdateOffer = { version: '0.2.1', notes: '- new', size: 100 }
const set: UpdateFeed = { kind: 'set', url: 'https://updates.example/remo/', key: 'key' }
const minute = 60_000
const day = 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Updates whose feed offers one version, and what they did. */
function scene(part: Partial<UpdatesDeps> & { type?: 'deb' | 'appimage' | 'nsis' } = {}) {
  const done: string[] = []
  const views: UpdatesView[] = []
  const world = {
    feed: set as UpdateFeed,
    asksItself: false,
    firing: 0,
    answer: (): Promise<UpdateOffer | undefined> => Promise.resolve(offer),
    download: (): Promise<string | undefined> => Promise.resolve('/cache/remo.deb'),
  }
  const engine = {
    check: () => {
      done.push('check')
      return world.answer()
    },
    download: (onProgress: (received: number) => void) => {
      done.push('download')
      onProgress(40)
      return world.download()
    },
    cancel: () => done.push('cancel'),
    sha512: 'sum',
    installAtEnd: (restart: boolean) => done.push(`system installs, ${restart ? 'restart' : 'no restart'}`),
  } as unknown as UpdaterEngine
  const { type = 'deb', ...deps } = part
  const installation: Installation = { kind: 'package', type }
  const updates = new Updates({
    installed: '0.2.0',
    installation,
    appImage: type === 'appimage' ? '/home/anna/ReMo.AppImage' : undefined,
    feed: () => world.feed,
    asksItself: () => world.asksItself,
    createEngine: () => {
      done.push('load')
      return Promise.resolve(engine)
    },
    ability: () => Promise.resolve({ canAskPassword: true, canReplaceAppImage: true }),
    installDeb: (file, sum) => Promise.resolve(void done.push(`deb ${file} ${sum}`)),
    replaceAppImage: (file, sum) => Promise.resolve(void done.push(`appimage ${file} ${sum}`)),
    watching: () => ({ health: 'live', firing: world.firing, isDemo: false }),
    end: (relaunch) => done.push(relaunch ? 'restart' : 'quit'),
    onChange: (view) => views.push(view),
    now: Date.now,
    log: nullLog,
    ...deps,
  })
  const ready = async (): Promise<void> => {
    await updates.check()
    updates.download()
    await expect.poll(() => updates.view.phase.kind).toBe('ready')
    done.length = 0
  }
  return { updates, world, done, views, ready }
}

test.each<[string, UpdateFeed, RegExp]>([
  ['no feed', { kind: 'none' }, /No feed is set/],
  ['a feed without a key', { kind: 'refused', reason: 'It has no public key.' }, /It has no public key/],
])('with %s nobody is asked, not even on request', async (_, feed, sentence) => {
  const { updates, world, done } = scene()
  world.feed = feed
  world.asksItself = true
  updates.settingsChanged()
  await vi.advanceTimersByTimeAsync(3 * day)
  await expect(updates.check()).rejects.toThrow(sentence)
  expect(() => updates.download()).toThrow(sentence)
  expect([updates.view.feed.kind, done]).toEqual([feed.kind, []])
})

test('a ReMo from its source asks nobody', async () => {
  const reason = 'This ReMo runs from its source; update it with git.'
  const { updates, done } = scene({ installation: { kind: 'unsupported', reason }, asksItself: () => true })
  updates.start()
  await vi.advanceTimersByTimeAsync(3 * day)
  await expect(updates.check()).rejects.toThrow(reason)
  expect([updates.view.feed, done]).toEqual([{ kind: 'unsupported', reason }, []])
})

test('ReMo asks by itself only if the operator wants it: after a minute, then once a day', async () => {
  const { updates, world, done } = scene()
  updates.start()
  await vi.advanceTimersByTimeAsync(3 * day)
  expect(done).toEqual([])
  const asking = scene({ asksItself: () => true })
  asking.world.answer = () => Promise.resolve(undefined)
  const checks = () => asking.done.filter((step) => step === 'check').length
  asking.updates.start()
  await vi.advanceTimersByTimeAsync(0.9 * minute)
  expect(checks()).toBe(0)
  await vi.advanceTimersByTimeAsync(0.2 * minute)
  expect(checks()).toBe(1)
  await vi.advanceTimersByTimeAsync(2 * day)
  expect(checks()).toBe(3)
  expect(asking.updates.view).toMatchObject({ phase: { kind: 'idle' }, problem: null })
  world.asksItself = true
  updates.settingsChanged()
  await vi.advanceTimersByTimeAsync(2 * minute)
  expect(done).toEqual(['load', 'check'])
  // It downloads nothing by itself.
  expect(updates.view.phase).toEqual({ kind: 'available', offer })
})

test('a failed check says why, and is repeated after an hour', async () => {
  const { updates, world, done } = scene({ asksItself: () => true })
  world.answer = () => Promise.reject(new UpdateFailure('The feed has no latest-linux.yml.'))
  updates.start()
  await vi.advanceTimersByTimeAsync(2 * minute)
  expect(updates.view).toMatchObject({
    phase: { kind: 'idle' },
    checkedAt: null,
    problem: { text: 'The feed has no latest-linux.yml.' },
  })
  world.answer = () => Promise.resolve(undefined)
  await vi.advanceTimersByTimeAsync(61 * minute)
  expect(done.filter((step) => step === 'check')).toHaveLength(2)
  expect(updates.view.problem).toBeNull()
})

test('an unexpected error is no text for the operator', async () => {
  const { updates, world } = scene()
  world.answer = () => Promise.reject(new TypeError('x is undefined'))
  await updates.check()
  expect(updates.view.problem?.text).toMatch(/^An internal error/)
})

test('install and restart: the package with its checksum, then a restart', async () => {
  const { updates, done, views, ready } = scene()
  await ready()
  await updates.install()
  expect(done).toEqual(['deb /cache/remo.deb sum', 'restart'])
  expect(views.map(({ phase }) => phase.kind)).toEqual([
    'checking',
    'available',
    'downloading',
    'downloading',
    'ready',
    'installing',
    'installed',
  ])
})

test('nothing is installed while an alert fires', async () => {
  const { updates, world, done, ready } = scene()
  await ready()
  world.firing = 2
  await expect(updates.install()).rejects.toMatchObject({ code: 'conflict', message: /^2 alerts fire\./ as never })
  expect([done, updates.view.phase.kind]).toEqual([[], 'ready'])
  world.firing = 0
  await updates.install()
  expect(done).toEqual(['deb /cache/remo.deb sum', 'restart'])
})

test('an alert that opens while the password is asked for keeps ReMo running', async () => {
  const { updates, world, done, ready } = scene({
    installDeb: () => {
      world.firing = 1
      return Promise.resolve()
    },
  })
  await ready()
  await updates.install()
  expect([done, updates.view.phase.kind]).toEqual([[], 'installed'])
  expect(() => updates.restart()).toThrow(/^An alert fires\./)
  world.firing = 0
  updates.restart()
  expect(done).toEqual(['restart'])
})

test('a refused password leaves the update ready', async () => {
  const { updates, done, ready } = scene({
    installDeb: () => Promise.reject(new UpdateFailure('The password was not given. Nothing was installed.')),
  })
  await ready()
  await updates.install()
  expect(updates.view).toMatchObject({ phase: { kind: 'ready' }, problem: { text: /^The password/ as never } })
  expect(done).toEqual([])
})

test('a canceled download offers the version again', async () => {
  const { updates, world, done } = scene()
  world.download = () => new Promise(() => undefined)
  await updates.check()
  updates.download()
  await expect.poll(() => done).toContain('download')
  await updates.cancel()
  expect([updates.view.phase.kind, done.at(-1)]).toEqual(['available', 'cancel'])
})

test('another feed forgets what the one before had', async () => {
  const { updates, world, ready } = scene()
  await ready()
  world.feed = { ...set, url: 'https://other.example/' } as UpdateFeed
  updates.settingsChanged()
  expect(updates.view).toMatchObject({
    phase: { kind: 'idle' },
    checkedAt: null,
    feed: { url: 'https://other.example/' },
  })
})

test('quitting installs only what the operator wants installed then, and what needs no password', async () => {
  const image = scene({ type: 'appimage' })
  await image.ready()
  image.updates.stop()
  await image.updates.last(0)
  expect(image.done).not.toContain('appimage /cache/remo.deb sum')
  image.updates.setOnQuit(true)
  image.updates.stop()
  await image.updates.last(143)
  expect(image.done).not.toContain('appimage /cache/remo.deb sum')
  await image.updates.last(0)
  expect(image.done).toContain('appimage /cache/remo.deb sum')
  const deb = scene()
  await deb.ready()
  expect(() => deb.updates.setOnQuit(true)).toThrow(/cannot be installed without you/)
})

test('quitting installs nothing while an alert fires', async () => {
  const { updates, world, done, ready } = scene({ type: 'appimage' })
  await ready()
  updates.setOnQuit(true)
  world.firing = 1
  updates.stop()
  await updates.last(0)
  expect(done).not.toContain('appimage /cache/remo.deb sum')
})

test('on Windows and macOS the installer of the system is the last step', async () => {
  const { updates, done, ready } = scene({ type: 'nsis' })
  await ready()
  await updates.install()
  updates.stop()
  await updates.last(0)
  expect(done).toEqual(['quit', 'system installs, restart'])
})

test('without pkexec the operator gets a command', async () => {
  const { updates, done, ready } = scene({
    ability: () => Promise.resolve({ canAskPassword: false, canReplaceAppImage: false }),
  })
  await ready()
  expect(updates.view.phase).toMatchObject({ way: { kind: 'command', command: 'sudo apt install /cache/remo.deb' } })
  await expect(updates.install()).rejects.toThrow(/no pkexec/)
  expect(done).toEqual([])
})
