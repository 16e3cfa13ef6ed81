import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, inPlayer, set, shareOf, sounds, testSound } from '../support/sound-steps.ts'
import { Speaker } from '../support/speaker.ts'
import { toneFile } from '../support/wav.ts'
import { expect, test } from './fixtures.ts'

// The settings of sounds, on a real sound output: kinds, volume, the own file, and what can be wrong with both.

const folder = (): string => mkdtempSync(join(tmpdir(), 'remo-own-sound-'))

/** The pitch of a tone of our own, Hz. No sound of ReMo has it. */
const ownPitch = 2000

test('the three sounds differ, and the volume is that of the settings', async ({ launch, speaker }) => {
  const console = await launch({ env: speaker.env })
  const window = await console.window()
  await set(window, 'sound.volume', 100)
  const kinds = ['critical', 'warning', 'resolved'] as const
  for (const kind of kinds) {
    speaker.clear()
    expect(await testSound(window, kind)).toEqual({ played: true })
    await expect.poll(() => speaker.hasEnded).toBe(true)
    const shares = kinds.map((other) => shareOf(speaker, other))
    expect.soft(kinds[shares.indexOf(Math.max(...shares))], kind).toBe(kind)
    expect.soft(speaker.loudSeconds).toBeLessThan(1.5)
  }
  const file = join(folder(), 'tone.wav')
  writeFileSync(file, toneFile(ownPitch, 0.5))
  await set(window, 'sound.file', file)
  const peakAt = async (volume: number): Promise<number> => {
    await set(window, 'sound.volume', volume)
    speaker.clear()
    expect(await testSound(window, 'warning')).toEqual({ played: true })
    await expect.poll(() => speaker.hasEnded).toBe(true)
    return speaker.peak
  }
  const full = await peakAt(100)
  expect(full).toBeCloseTo(20_000 / 32_768, 1)
  expect((await peakAt(50)) / full).toBeCloseTo(0.25, 1)
  await set(window, 'sound.volume', 0)
  expect(await testSound(window, 'critical')).toEqual({ played: false, problem: 'The volume is 0 %.' })
  expect(await sounds(console, 'warning', 'played')).toBe(3)
})

test('an own file is played in the formats of Chromium; a bad one is named, and ReMo plays its own sound', async ({
  launch,
  speaker,
}) => {
  const console = await launch({ env: speaker.env })
  const window = await console.window()
  const own = folder()
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(own, name), content)
    return join(own, name)
  }
  const problemOf = async () => (await call(window, 'settings.get', {})).system.soundProblem
  const wav = file('tone.wav', toneFile(ownPitch, 1))
  for (const path of [
    wav,
    await speaker.record(wav, join(own, 'tone.oga')),
    await speaker.record(wav, join(own, 'tone.flac')),
  ]) {
    await set(window, 'sound.file', path)
    speaker.clear()
    expect.soft(await testSound(window, 'critical'), path).toEqual({ played: true })
    await expect.poll(() => speaker.hasEnded).toBe(true)
    expect.soft(speaker.shareOf(ownPitch), path).toBeGreaterThan(0.5)
  }
  expect(await problemOf()).toBeUndefined()
  expect(await sounds(console, 'critical', 'played')).toBe(3)

  mkdirSync(join(own, 'folder.wav'))
  execFileSync('mkfifo', [join(own, 'pipe.wav')])
  const bad = {
    [join(own, 'gone.wav')]: 'gone.wav does not exist',
    [join(own, 'folder.wav')]: 'folder.wav is not a file',
    [join(own, 'pipe.wav')]: 'pipe.wav is not a file',
    [file('empty.wav', '')]: 'empty.wav is empty',
    [file('text.mp3', 'This is no audio. '.repeat(1000))]: 'text.mp3 is no audio that ReMo can play',
    [file('long.wav', toneFile(ownPitch, 31))]: 'long.wav is longer than 30 s',
    [file('large.wav', new Uint8Array(10_000_001))]: 'large.wav is larger than 10 MB',
    'relative.wav': 'relative.wav has no full path',
  }
  let count = 0
  for (const [path, fault] of Object.entries(bad)) {
    await set(window, 'sound.file', path)
    const problem = `${fault}, so ReMo plays its own sounds.`
    // The settings say it before anything is played.
    await expect.poll(problemOf).toBe(problem)
    speaker.clear()
    expect.soft(await testSound(window, 'critical'), path).toEqual({ played: true, problem })
    await expect.poll(() => speaker.hasEnded).toBe(true)
    expect.soft(shareOf(speaker, 'critical'), path).toBeGreaterThan(0.3)
    expect.soft(speaker.shareOf(ownPitch), path).toBeLessThan(0.05)
    expect.soft(await sounds(console, 'critical', 'fallback'), path).toBe(++count)
  }
  await set(window, 'sound.file', '')
  await expect.poll(problemOf).toBeUndefined()
})

test('a sound ends with its connection', async ({ launch, speaker }) => {
  const console = await launch({ env: speaker.env })
  const window = await console.window()
  const file = join(folder(), 'tone.wav')
  writeFileSync(file, toneFile(ownPitch, 25))
  await set(window, 'sound.file', file)
  expect(await testSound(window, 'critical')).toEqual({ played: true })
  await expect.poll(() => speaker.loudSeconds).toBeGreaterThan(0.5)
  expect(speaker.hasEnded).toBe(false)
  await call(window, 'demo.start', {})
  await expect.poll(() => speaker.hasEnded).toBe(true)
  expect(speaker.loudSeconds).toBeLessThan(15)
})

test('without a sound output Test says so; an output that appears later, or begins anew, is used', async ({
  launch,
}) => {
  const speaker = new Speaker()
  const console = await launch({ env: speaker.env })
  const window = await console.window()
  const none = { played: false, problem: 'This computer has no sound output.' }
  expect(await testSound(window, 'critical')).toEqual(none)
  expect(await sounds(console, 'critical', 'failed')).toBe(1)
  for (const turn of ['appears', 'begins anew']) {
    await speaker.start()
    expect.soft(await testSound(window, 'critical'), turn).toEqual({ played: true })
    await expect.poll(() => speaker.hasEnded).toBe(true)
    await speaker.stop()
    speaker.clear()
  }
  expect(await testSound(window, 'critical')).toEqual(none)
})

test('the page that plays sounds reaches nothing but its sounds', async ({ launch, speaker }) => {
  const console = await launch({ env: speaker.env })
  const window = await console.window()
  const file = join(folder(), 'tone.wav')
  writeFileSync(file, toneFile(ownPitch, 10))
  await set(window, 'sound.file', file)
  expect(await testSound(window, 'critical')).toEqual({ played: true })
  // Only the player gets the own file, and only it and the sounds.
  expect(await window.evaluate(() => fetch('app://player/own').then(String, (error: Error) => error.name))).toBe(
    'TypeError',
  )
  const seen = await inPlayer(
    console,
    `(async () => {
      const attempt = (work) => Promise.resolve().then(work).then(() => 'done', (error) => error.name)
      const load = (url) => new Promise((resolve) => {
        const audio = new Audio(url)
        audio.onerror = () => resolve('error')
        audio.onloadedmetadata = () => resolve('loaded')
      })
      const script = document.createElement('script')
      script.textContent = 'globalThis.injected = true'
      document.documentElement.append(script)
      return {
        url: location.href,
        globals: ['require', 'process', 'remo'].filter((name) => name in globalThis),
        scripts: 'injected' in globalThis,
        fetch: await attempt(() => fetch('/critical.wav')),
        network: await attempt(() => fetch('https://127.0.0.1:1/')),
        open: String(open('app://remo/index.html')),
        permission: Notification.permission,
        microphone: await attempt(() => navigator.mediaDevices.getUserMedia({ audio: true })),
        sound: await load('/warning.wav'),
        window: await load('app://remo/index.html'),
        traversal: await load('/../../../etc/passwd'),
        media: await load('http://127.0.0.1:1/x.wav'),
      }
    })()`,
  )
  expect(seen).toMatchObject({
    url: 'app://player/player.html',
    globals: [],
    scripts: false,
    fetch: 'TypeError',
    network: 'TypeError',
    open: 'null',
    permission: 'denied',
    sound: 'loaded',
    window: 'error',
    traversal: 'error',
    media: 'error',
  })
  expect(seen).not.toMatchObject({ microphone: 'done' })
  // It is no window, and navigates nowhere.
  expect(await console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await inPlayer(console, "location.href = 'https://example.org/'; 0")
  expect(await inPlayer(console, 'location.href')).toBe('app://player/player.html')
})
