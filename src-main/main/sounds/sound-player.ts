import type { PlayerProblem, PlayerReport, PlayerRequest } from '#shared/ipc/player-messages.ts'
import type { Log } from '#shared/log.ts'

/** The hidden page, from its creation to its end. */
export interface PlayerPage {
  readonly send: (request: PlayerRequest) => void
  readonly close: () => void
}

export interface PageListeners {
  readonly onReport: (report: PlayerReport) => void
  /** It crashed, or was never there. Called once at most. */
  readonly onGone: (reason: string) => void
}

export interface SoundPlayerDeps {
  /** Opens the page. Requests that are sent while it loads wait for it. */
  readonly openPage: (listeners: PageListeners) => PlayerPage
  readonly log: Log
}

export interface SoundToPlay {
  readonly url: string
  /** Amplitude, 0 to 1. */
  readonly volume: number
}

/** How a sound that was audible ended. `broken`: before its end, with the page or the sound output. */
export type PlayedEnd = 'ended' | 'stopped' | 'broken'

/** `stopped`: by `stop`, or another sound came in its place. `no-answer`: the page crashed or hangs, twice. */
export type Played =
  | { readonly kind: 'playing'; readonly end: Promise<PlayedEnd> }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly reason: PlayerProblem | 'no-answer'; readonly detail: string }

/** A longer sound is refused: the next reminder would begin before its end. */
export const longestSeconds = 30
/** Without a report within this time, the page counts as dead. A loaded computer opens one in some seconds. */
const reportLimitMs = 10_000
/** Afterwards nobody needs the page. Longer than the time between repeated sounds, which is 30 s. */
const idleMs = 60_000

interface Waiting {
  readonly id: number
  /** With the first report, or its absence. */
  readonly answer: (report: PlayerReport | 'gone' | 'stopped') => void
  readonly end: (how: PlayedEnd) => void
}

/**
 * Plays one sound at a time in a hidden page. The page exists while it is needed: from the first sound until a minute
 * after the last one. One that crashes, hangs or finds no sound output is replaced, once a sound.
 */
export class SoundPlayer {
  readonly #deps: SoundPlayerDeps
  #page: PlayerPage | undefined
  #waiting: Waiting | undefined
  #nextId = 1
  /** Of the report that is due, or of the end of a page that nobody needs. */
  #timer: NodeJS.Timeout | undefined

  constructor(deps: SoundPlayerDeps) {
    this.#deps = deps
  }

  /** Plays it in place of what plays. @returns as soon as it is audible, or when it is clear that it will not be */
  play(sound: SoundToPlay): Promise<Played> {
    return this.#request('play', sound)
  }

  /** Reads it without playing it. @returns why it could not be played; `undefined` if it could */
  async load(url: string): Promise<Extract<Played, { kind: 'failed' }> | undefined> {
    const result = await this.#request('load', { url, volume: 0 })
    return result.kind === 'failed' ? result : undefined
  }

  stop(): void {
    this.#replace()
    this.#page?.send({ kind: 'stop' })
    this.#closeLater()
  }

  /** Stops and closes the page. */
  end(): void {
    this.#replace()
    this.#close()
  }

  async #request(kind: 'play' | 'load', sound: SoundToPlay): Promise<Played> {
    this.#replace()
    const first = await this.#attempt(kind, sound)
    if (!isWorthAnother(first)) return first
    this.#deps.log.warn('sound not played, trying again', { reason: first.reason, detail: first.detail })
    this.#close()
    const second = await this.#attempt(kind, sound)
    if (isWorthAnother(second)) this.#close()
    return second
  }

  async #attempt(kind: 'play' | 'load', { url, volume }: SoundToPlay): Promise<Played> {
    const id = this.#nextId++
    let resolveEnd: (how: PlayedEnd) => void = () => undefined
    const end = new Promise<PlayedEnd>((resolve) => (resolveEnd = resolve))
    const answered = new Promise<PlayerReport | 'gone' | 'stopped'>((resolve) => {
      this.#waiting = { id, answer: resolve, end: resolveEnd }
    })
    this.#expect('a report', reportLimitMs)
    this.#page ??= this.#deps.openPage({
      onReport: (report) => this.#reported(report),
      onGone: (reason) => this.#gone(reason),
    })
    this.#page.send({ kind, id, url, volume, longestSeconds })
    const report = await answered
    if (report === 'stopped') return { kind: 'stopped' }
    if (report === 'gone') return { kind: 'failed', reason: 'no-answer', detail: 'the page is gone' }
    return report.state === 'failed'
      ? { kind: 'failed', reason: report.reason, detail: report.detail }
      : { kind: 'playing', end }
  }

  #reported(report: PlayerReport): void {
    const waiting = this.#waiting
    if (report.id !== waiting?.id) return
    waiting.answer(report)
    if (report.state === 'playing') return this.#expect('the end', longestSeconds * 1000 + reportLimitMs)
    this.#waiting = undefined
    waiting.end(report.state === 'failed' ? 'broken' : 'ended')
    this.#closeLater()
  }

  #gone(reason: string): void {
    this.#deps.log.warn('the page of sounds is gone', { reason })
    this.#close()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.answer('gone')
    waiting?.end('broken')
  }

  /** What plays or waits is over. */
  #replace(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.answer('stopped')
    waiting?.end('stopped')
  }

  /** A page that does not report in time is replaced. */
  #expect(what: string, withinMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#gone(`no report of ${what}`), withinMs)
  }

  #closeLater(): void {
    clearTimeout(this.#timer)
    if (this.#page) this.#timer = setTimeout(() => this.#close(), idleMs)
  }

  #close(): void {
    clearTimeout(this.#timer)
    const page = this.#page
    this.#page = undefined
    page?.close()
  }
}

/** With a new page, which connects to the sound system anew. */
function isWorthAnother(played: Played): played is Extract<Played, { kind: 'failed' }> {
  return played.kind === 'failed' && played.reason !== 'not-audio' && played.reason !== 'too-long'
}
