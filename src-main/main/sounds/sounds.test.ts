import { beforeEach, expect, test } from 'vitest'
import { nullLog } from '../../../tests/support/null-log.ts'
import type { OwnSound } from './own-sound.ts'
import type { Played, PlayedEnd } from './sound-player.ts'
import { Sounds } from './sounds.ts'

/** A player that plays until the test ends it. */
class TestPlayer {
  readonly played: string[] = []
  readonly volumes: number[] = []
  stops = 0
  /** What becomes of an address; absent: it plays. */
  readonly failures = new Map<string, Extract<Played, { kind: 'failed' }>>()
  #end: (how: PlayedEnd) => void = () => undefined

  play({ url, volume }: { url: string; volume: number }): Promise<Played> {
    this.#end('stopped')
    this.played.push(url)
    this.volumes.push(volume)
    const failure = this.failures.get(url)
    if (failure) return Promise.resolve(failure)
    return Promise.resolve({ kind: 'playing', end: new Promise((resolve) => (this.#end = resolve)) })
  }

  load(url: string) {
    return Promise.resolve(this.failures.get(url))
  }

  stop(): void {
    this.stops++
    this.#end('stopped')
  }

  end(): void {
    this.stop()
  }

  /** The sound that plays ends. */
  async finish(how: PlayedEnd = 'ended'): Promise<void> {
    this.#end(how)
    await settled()
  }
}

/** Everything that can go on without the player has. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))
const failed = (reason: Extract<Played, { kind: 'failed' }>['reason']) =>
  ({ kind: 'failed', reason, detail: '' }) as const

let player: TestPlayer
let values: { 'sound.volume': number; 'sound.file': string }
let own: OwnSound
let beeps: number
let problems: Array<string | undefined>
let sounds: Sounds
beforeEach(() => {
  player = new TestPlayer()
  values = { 'sound.volume': 80, 'sound.file': '' }
  own = { ok: true, bytes: new Uint8Array(1) }
  beeps = 0
  problems = []
  sounds = new Sounds({
    player,
    settings: {
      get values() {
        return values
      },
    },
    readOwn: () => Promise.resolve(own),
    serveOwn: () => 'own',
    urlOf: (kind) => kind,
    beep: () => beeps++,
    log: nullLog,
  })
  sounds.onProblem(() => problems.push(sounds.problem))
})

const play = async (...kinds: ReadonlyArray<'critical' | 'warning' | 'resolved'>): Promise<void> => {
  for (const kind of kinds) {
    sounds.play(kind)
    await settled()
  }
}

test('a sound gives way to one of its rank or above, and to none below', async () => {
  await play('resolved', 'warning', 'resolved', 'critical', 'warning', 'critical')
  expect(player.played).toEqual(['resolved', 'warning', 'critical', 'critical'])
  await player.finish()
  await play('resolved')
  expect(player.played.at(-1)).toBe('resolved')
})

test('the rank counts before anything is audible', async () => {
  sounds.play('critical')
  sounds.play('warning')
  await settled()
  expect(player.played).toEqual(['critical'])
})

test('stop ends what plays and what is about to, and a lower rank may sound then', async () => {
  values['sound.file'] = '/own.wav'
  sounds.play('critical')
  sounds.stop()
  await settled()
  expect(player.played).toEqual([])
  await play('resolved')
  expect(player.played).toEqual(['own'])
  expect(sounds.counts).toEqual([{ kind: 'resolved', result: 'played', count: 1 }])
})

test('without volume nothing is played, and Test says why', async () => {
  values['sound.volume'] = 0
  await play('critical')
  expect(await sounds.test('critical')).toEqual({ played: false, problem: 'The volume is 0 %.' })
  expect([player.played, sounds.counts]).toEqual([[], []])
})

test('half of the slider is a quarter of the amplitude', async () => {
  values['sound.volume'] = 50
  await play('critical')
  expect(player.volumes).toEqual([0.25])
})

test('a bad own file is replaced by a sound of ReMo, named, and counted', async () => {
  values['sound.file'] = '/music/own.wav'
  own = { ok: false, problem: 'does not exist' }
  const problem = 'own.wav does not exist, so ReMo plays its own sounds.'
  expect(await sounds.test('critical')).toEqual({ played: true, problem })
  expect([player.played, sounds.problem, problems]).toEqual([['critical'], problem, [problem]])
  expect(sounds.counts).toEqual([{ kind: 'critical', result: 'fallback', count: 1 }])
  own = { ok: true, bytes: new Uint8Array(1) }
  expect(await sounds.test('critical')).toEqual({ played: true })
  expect(problems).toEqual([problem, undefined])
})

test.each([
  ['not-audio', 'is no audio that ReMo can play'],
  ['too-long', 'is longer than 30 s'],
  ['no-answer', 'could not be played'],
] as const)('an own file that is %s is replaced too', async (reason, fault) => {
  values['sound.file'] = '/own.mp3'
  player.failures.set('own', failed(reason))
  await play('warning')
  expect(player.played).toEqual(['own', 'warning'])
  expect(sounds.problem).toBe(`own.mp3 ${fault}, so ReMo plays its own sounds.`)
})

test('without a sound output it is not the fault of the file, and the system beeps', async () => {
  values['sound.file'] = '/own.mp3'
  player.failures.set('own', failed('no-output'))
  expect(await sounds.test('critical')).toEqual({ played: false, problem: 'This computer has no sound output.' })
  expect([player.played, sounds.problem, beeps]).toEqual([['own'], undefined, 1])
  expect(sounds.counts).toEqual([{ kind: 'critical', result: 'failed', count: 1 }])
})

test('what breaks off is played again, once', async () => {
  await play('critical')
  await player.finish('broken')
  expect(player.played).toEqual(['critical', 'critical'])
  await player.finish('broken')
  expect(player.played).toEqual(['critical', 'critical'])
})

test('a file is checked when it is set, after what plays', async () => {
  await play('critical')
  values['sound.file'] = '/own.mp3'
  player.failures.set('own', failed('not-audio'))
  await sounds.checkOwn()
  expect(sounds.problem).toBeUndefined()
  await player.finish()
  expect(sounds.problem).toBe('own.mp3 is no audio that ReMo can play, so ReMo plays its own sounds.')
  values['sound.file'] = ''
  await sounds.checkOwn()
  expect(sounds.problem).toBeUndefined()
})

test('a check does not delay an alert', async () => {
  values['sound.file'] = '/own.mp3'
  const check = sounds.checkOwn()
  await play('critical')
  await check
  expect(player.played).toEqual(['own'])
})
