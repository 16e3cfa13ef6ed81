import type { PlayerReport, PlayerRequest } from '#shared/ipc/player-messages.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import { type PageListeners, SoundPlayer } from './sound-player.ts'

/** A page that answers as the test says. */
interface TestPage {
  readonly requests: PlayerRequest[]
  readonly listeners: PageListeners
  isOpen: boolean
}

let pages: TestPage[]
let player: SoundPlayer
beforeEach(() => {
  vi.useFakeTimers()
  pages = []
  player = new SoundPlayer({
    openPage: (listeners) => {
      const page: TestPage = { requests: [], listeners, isOpen: true }
      pages.push(page)
      return { send: (request) => page.requests.push(request), close: () => (page.isOpen = false) }
    },
    log: nullLog,
  })
})
afterEach(() => vi.useRealTimers())

const sound = { url: 'app://player/critical.wav', volume: 1 }

/** The newest page answers its newest request. */
async function answer(
  report: { state: 'ready' | 'playing' | 'ended' } | { reason: 'no-output' | 'not-audio' },
): Promise<void> {
  const page = pages.at(-1)
  const request = page?.requests.findLast(({ kind }) => kind !== 'stop')
  const id = request && request.kind !== 'stop' ? request.id : NaN
  const whole: PlayerReport = 'state' in report ? { id, ...report } : { id, state: 'failed', detail: '', ...report }
  page?.listeners.onReport(whole)
  await vi.advanceTimersByTimeAsync(0)
}

test('the page is opened by the first sound, and closed a minute after the last one', async () => {
  expect(pages).toHaveLength(0)
  const first = player.play(sound)
  await answer({ state: 'playing' })
  expect(await first).toMatchObject({ kind: 'playing' })
  await answer({ state: 'ended' })
  await vi.advanceTimersByTimeAsync(30_000)
  const second = player.play(sound)
  await answer({ state: 'playing' })
  await second
  await answer({ state: 'ended' })
  await vi.advanceTimersByTimeAsync(59_000)
  expect(pages.map(({ isOpen }) => isOpen)).toEqual([true])
  await vi.advanceTimersByTimeAsync(1000)
  expect(pages.map(({ isOpen }) => isOpen)).toEqual([false])
})

test('a page that crashes or does not answer is replaced, once', async () => {
  const playing = player.play(sound)
  pages[0]?.listeners.onGone('crashed')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await playing).toMatchObject({ kind: 'failed', reason: 'no-answer' })
  expect(pages.map(({ isOpen }) => isOpen)).toEqual([false, false])
})

test('without an output the next page may find one; what is no audio is not tried again', async () => {
  const playing = player.play(sound)
  await answer({ reason: 'no-output' })
  await answer({ state: 'playing' })
  expect(await playing).toMatchObject({ kind: 'playing' })
  const bad = player.play(sound)
  await answer({ reason: 'not-audio' })
  expect(await bad).toMatchObject({ kind: 'failed', reason: 'not-audio' })
  expect(pages).toHaveLength(2)
})

test('another sound and stop end what plays; late reports of it count for nothing', async () => {
  const first = player.play(sound)
  await answer({ state: 'playing' })
  const playing = await first
  const second = player.play({ ...sound, url: 'app://player/own?1' })
  pages[0]?.listeners.onReport({ id: 1, state: 'ended' })
  player.stop()
  expect(await second).toEqual({ kind: 'stopped' })
  expect(playing.kind === 'playing' && (await playing.end)).toBe('stopped')
  expect(pages[0]?.requests.map(({ kind }) => kind)).toEqual(['play', 'play', 'stop'])
})

test('a sound that breaks off says so: with its page, with its output, and without an end', async () => {
  const ends = []
  for (const breakOff of [
    () => Promise.resolve(pages.at(-1)?.listeners.onGone('crashed')),
    () => answer({ reason: 'no-output' }),
    () => vi.advanceTimersByTimeAsync(40_000),
  ]) {
    const start = player.play(sound)
    await answer({ state: 'playing' })
    const playing = await start
    await breakOff()
    ends.push(playing.kind === 'playing' && (await playing.end))
  }
  expect(ends).toEqual(['broken', 'broken', 'broken'])
})

test('a file is loaded without a sound', async () => {
  const load = player.load('app://player/own?1')
  expect(pages[0]?.requests).toMatchObject([{ kind: 'load', volume: 0 }])
  await answer({ state: 'ready' })
  expect(await load).toBeUndefined()
})

test('nothing is left open at the end', async () => {
  const playing = player.play(sound)
  player.end()
  expect(await playing).toEqual({ kind: 'stopped' })
  expect(pages.map(({ isOpen }) => isOpen)).toEqual([false])
})
