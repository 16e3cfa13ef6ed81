import { ipcRenderer } from 'electron'
import type { PlayerProblem, PlayerReport, PlayerRequest } from '../../src-shared/ipc/player-messages.ts'

// The whole program of the hidden page that plays sounds. The page itself has no script, and reaches nothing of this.

type SoundRequest = Exclude<PlayerRequest, { readonly kind: 'stop' }>

/** Chromium counts the bytes that it has decoded. The standard has no such number. */
interface CountedAudio extends HTMLAudioElement {
  readonly webkitAudioDecodedByteCount?: number
}

let current: HTMLAudioElement | undefined

function stop(): void {
  const audio = current
  current = undefined
  if (!audio) return
  audio.pause()
  // Gives back the file and its decoder.
  audio.removeAttribute('src')
  audio.load()
}

/** Without a sound output, Chromium plays into nothing and reports no error. */
async function hasOutput(): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  return devices.some(({ kind }) => kind === 'audiooutput')
}

function problemOf(error: MediaError | null): { readonly reason: PlayerProblem; readonly detail: string } {
  const { code = 0, message = '' } = error ?? {}
  // Chromium gives an error of the output the code of a wrong format.
  if (message.startsWith('AUDIO_RENDERER_ERROR')) return { reason: 'broken-output', detail: message }
  return { reason: 'not-audio', detail: `${code} ${message}` }
}

/** Loads one sound, and reports what becomes of it. */
function start({ id, url, kind, volume, longestSeconds }: SoundRequest): void {
  stop()
  const audio: CountedAudio = new Audio()
  current = audio
  const report = (state: 'ready' | 'playing' | 'ended'): void => {
    if (current === audio) ipcRenderer.send('player', { id, state } satisfies PlayerReport)
    if (current === audio && state !== 'playing') stop()
  }
  const fail = (reason: PlayerProblem, detail = ''): void => {
    if (current !== audio) return
    ipcRenderer.send('player', { id, state: 'failed', reason, detail } satisfies PlayerReport)
    stop()
  }
  audio.addEventListener('error', () => {
    const { reason, detail } = problemOf(audio.error)
    fail(reason, detail)
  })
  audio.addEventListener('loadedmetadata', () => {
    // A stream has an infinite one.
    if (Number.isFinite(audio.duration) && audio.duration > longestSeconds) fail('too-long')
  })
  audio.preload = 'auto'
  audio.volume = volume
  audio.src = url
  if (kind === 'load') audio.addEventListener('canplaythrough', () => report('ready'))
  else play(audio, { report, fail, longestSeconds })
}

interface Play {
  readonly report: (state: 'playing' | 'ended') => void
  readonly fail: (reason: PlayerProblem, detail?: string) => void
  readonly longestSeconds: number
}

function play(audio: CountedAudio, { report, fail, longestSeconds }: Play): void {
  let checked: Promise<void> | undefined
  const check = async (): Promise<void> => {
    if (audio.webkitAudioDecodedByteCount === 0) fail('not-audio', 'no audio track')
    else if (await hasOutput()) report('playing')
    else fail('no-output')
  }
  audio.addEventListener('timeupdate', () => {
    if (audio.currentTime > 0) checked ??= check()
    if (audio.currentTime > longestSeconds) report('ended')
  })
  audio.addEventListener('ended', () => {
    checked ??= check()
    void checked.then(() => report('ended'))
  })
  audio.play().catch((cause: unknown) => {
    // Also rejected by what `error` reports, and by `stop`.
    if (!audio.error) fail('not-audio', String(cause))
  })
}

ipcRenderer.on('player', (_event, request: PlayerRequest) => {
  if (request.kind === 'stop') stop()
  else start(request)
})
