import type { Log } from '#shared/log.ts'
import { outranks, type SoundKind } from '#shared/notification/sound-kind.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import type { PlaySound } from '../notifications/play-sound.ts'
import type { OwnSound } from './own-sound.ts'
import { failureSentence, fileFault, fileSentence } from './sound-sentences.ts'
import type { Played, SoundPlayer } from './sound-player.ts'

/** Number of sounds since the start. `kind` and `result` are labels of a Prometheus counter. */
export interface SoundCount {
  readonly kind: SoundKind
  /** `fallback`: the own file could not be played, and a sound of ReMo was. */
  readonly result: 'played' | 'fallback' | 'failed'
  readonly count: number
}

/** `problem`, one sentence: why nothing was played, or why a sound of ReMo was played instead of the own file. */
export interface SoundTest {
  readonly played: boolean
  readonly problem?: string
}

export interface SoundsDeps {
  readonly player: Pick<SoundPlayer, 'play' | 'load' | 'stop' | 'end'>
  readonly settings: { readonly values: Pick<SettingValues, 'sound.volume' | 'sound.file'> }
  readonly readOwn: (path: string) => Promise<OwnSound>
  /** From now on the player gets these bytes as the own file. @returns its address */
  readonly serveOwn: (bytes: Uint8Array<ArrayBuffer>) => string
  /** Address of a sound of ReMo. */
  readonly urlOf: (kind: SoundKind) => string
  /** The beep of the operating system: the last resort. */
  readonly beep: () => void
  readonly log: Log
}

type Playing = Extract<Played, { kind: 'playing' }>

const stopped: Played = { kind: 'stopped' }

/**
 * Plays sounds at the volume of the settings. Which ones, and when, is decided before. While one plays, only one of the
 * same or a higher rank takes its place. An own file that cannot be played never makes an alert silent.
 */
export class Sounds implements PlaySound {
  readonly #deps: SoundsDeps
  readonly #counts = new Map<string, SoundCount>()
  /** What plays, or is about to. */
  #playing: SoundKind | undefined
  /** Grows with each sound and each stop. What waits with an older number is over. */
  #turn = 0
  /** `checkOwn` was asked while something played. */
  #isCheckDue = false
  #problem: string | undefined
  #onProblem: () => void = () => undefined

  constructor(deps: SoundsDeps) {
    this.#deps = deps
  }

  get counts(): readonly SoundCount[] {
    return [...this.#counts.values()]
  }

  /** Why the own file cannot be played, one sentence; `undefined`: it can, or there is none. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** @param listener is called when `problem` has changed; there is one */
  onProblem(listener: () => void): void {
    this.#onProblem = listener
  }

  play(kind: SoundKind): void {
    if (this.#isSilent || (this.#playing !== undefined && outranks(this.#playing, kind))) return
    void this.#start(kind)
  }

  stop(): void {
    this.#turn++
    this.#deps.player.stop()
    this.#over()
  }

  /** Plays it now, whatever plays. */
  async test(kind: SoundKind): Promise<SoundTest> {
    if (this.#isSilent) return { played: false, problem: 'The volume is 0 %.' }
    const result = await this.#start(kind)
    if (result.kind === 'failed') return { played: false, problem: failureSentence(result) }
    if (result.kind === 'stopped') return { played: false, problem: 'Another sound took its place.' }
    return this.#problem === undefined ? { played: true } : { played: true, problem: this.#problem }
  }

  /** Reads the own file without playing it, for `problem`; after the sound that plays. */
  async checkOwn(): Promise<void> {
    const path = this.#deps.settings.values['sound.file']
    if (path === '') return this.#learn(undefined)
    this.#isCheckDue = this.#playing !== undefined
    if (this.#isCheckDue) return
    const turn = ++this.#turn
    const own = await this.#deps.readOwn(path)
    if (turn !== this.#turn) return
    if (!own.ok) return this.#learn(fileSentence(path, own.problem))
    const failure = await this.#deps.player.load(this.#deps.serveOwn(own.bytes))
    const fault = failure && fileFault(failure)
    if (turn === this.#turn) this.#learn(fault === undefined ? undefined : fileSentence(path, fault))
  }

  end(): void {
    this.#turn++
    this.#deps.player.end()
  }

  get #isSilent(): boolean {
    return this.#deps.settings.values['sound.volume'] === 0
  }

  async #start(kind: SoundKind, isRepeat = false): Promise<Played> {
    const turn = ++this.#turn
    this.#playing = kind
    const own = await this.#playOwn(turn)
    const played = own ?? (await this.#playUrl(this.#deps.urlOf(kind)))
    if (turn !== this.#turn || played.kind === 'stopped') return stopped
    if (played.kind === 'playing') {
      this.#count(kind, own === undefined && this.#problem !== undefined ? 'fallback' : 'played')
      void this.#follow(played, { turn, kind, isRepeat })
      return played
    }
    this.#over()
    this.#count(kind, 'failed')
    this.#deps.log.error('sound not played', { kind, reason: played.reason, detail: played.detail })
    this.#deps.beep()
    return played
  }

  /** @returns `undefined` if a sound of ReMo must be played */
  async #playOwn(turn: number): Promise<Played | undefined> {
    const path = this.#deps.settings.values['sound.file']
    if (path === '') return this.#learn(undefined)
    const own = await this.#deps.readOwn(path)
    if (turn !== this.#turn) return stopped
    if (!own.ok) return this.#learn(fileSentence(path, own.problem))
    const played = await this.#playUrl(this.#deps.serveOwn(own.bytes))
    if (turn !== this.#turn) return stopped
    const fault = played.kind === 'failed' ? fileFault(played) : undefined
    if (fault !== undefined) return this.#learn(fileSentence(path, fault))
    if (played.kind === 'playing') this.#learn(undefined)
    return played
  }

  #playUrl(url: string): Promise<Played> {
    // The ear hears the square root of power as a third: half of the slider sounds like half as loud.
    const volume = (this.#deps.settings.values['sound.volume'] / 100) ** 2
    return this.#deps.player.play({ url, volume })
  }

  /** Until its end. What breaks off is played again, once. */
  async #follow(
    { end }: Playing,
    { turn, kind, isRepeat }: { readonly turn: number; readonly kind: SoundKind; readonly isRepeat: boolean },
  ): Promise<void> {
    const how = await end
    if (turn !== this.#turn) return
    if (how === 'broken' && !isRepeat) await this.#start(kind, true)
    else this.#over()
  }

  #over(): void {
    this.#playing = undefined
    if (this.#isCheckDue) void this.checkOwn()
  }

  #learn(problem: string | undefined): undefined {
    if (problem !== undefined) this.#deps.log.warn('own sound cannot be played', { problem })
    if (problem === this.#problem) return
    this.#problem = problem
    this.#onProblem()
  }

  #count(kind: SoundKind, result: SoundCount['result']): void {
    const key = `${kind} ${result}`
    this.#counts.set(key, { kind, result, count: (this.#counts.get(key)?.count ?? 0) + 1 })
  }
}
