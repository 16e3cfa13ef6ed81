import type { Log } from '#shared/log.ts'
import { byCommand, installWay } from '#shared/update/installation.ts'
import type { InstallAbility, Installation } from '#shared/update/installation.ts'
import { canFollow, nextProgress, noProgress } from '#shared/update/next-phase.ts'
import type { UpdateEvent, UpdateProgress } from '#shared/update/next-phase.ts'
import type { UpdateFeed } from '#shared/update/update-feed.ts'
import { installBlock, nextCheckAt } from '#shared/update/update-rules.ts'
import type { Watching } from '#shared/update/update-rules.ts'
import type { UpdatesView } from '#shared/update/updates-view.ts'
import { CallError } from '../../threads/call-error.ts'
import { UpdateFailure } from './update-failure.ts'
import type { UpdaterEngine } from './updater-engine.ts'

export interface UpdatesDeps {
  /** Version that runs. */
  readonly installed: string
  readonly installation: Installation
  /** Path of the AppImage that runs, if one does. */
  readonly appImage: string | undefined
  readonly feed: () => UpdateFeed
  /** The operator wants ReMo to ask by itself. */
  readonly asksItself: () => boolean
  /** electron-updater is loaded only for a feed. */
  readonly createEngine: (feed: Extract<UpdateFeed, { kind: 'set' }>) => Promise<UpdaterEngine>
  readonly ability: () => Promise<InstallAbility>
  readonly installDeb: (file: string, sha512: string) => Promise<void>
  readonly replaceAppImage: (file: string, sha512: string) => Promise<void>
  readonly watching: () => Watching
  /** Ends ReMo in its order. `relaunch`: and starts it again; otherwise an installer does. */
  readonly end: (relaunch: boolean) => void
  readonly onChange: (view: UpdatesView) => void
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/** A computer that sleeps wakes up with timers that are late: the time of the next check is looked at this often, ms. */
const lookMs = 900_000
/** Shortest time between two reports of progress to the page, ms. */
const progressMs = 250

/**
 * Updates of this ReMo. It asks nobody without a feed, downloads only what the operator wants, and installs nothing while
 * an alert fires.
 */
export class Updates {
  readonly #deps: UpdatesDeps
  readonly #startedAt: number
  #feed: UpdateFeed
  #engine: Promise<UpdaterEngine> | undefined
  #progress: UpdateProgress = noProgress
  #checked: { readonly at: number; readonly ok: boolean } | undefined
  #timer: NodeJS.Timeout | undefined
  #shownAt = Number.NEGATIVE_INFINITY
  #lastStep: (() => void | Promise<void>) | undefined

  constructor(deps: UpdatesDeps) {
    this.#deps = deps
    this.#startedAt = deps.now()
    this.#feed = deps.feed()
  }

  get view(): UpdatesView {
    const { installed, installation } = this.#deps
    const { phase, checkedAt, problem } = this.#progress
    const feed = this.#feed.kind === 'set' ? ({ kind: 'set', url: this.#feed.url } as const) : this.#feed
    return {
      installed,
      feed: installation.kind === 'unsupported' ? installation : feed,
      phase,
      checkedAt,
      problem,
    }
  }

  /** From now on ReMo asks by itself, if the operator wants that. */
  start(): void {
    clearTimeout(this.#timer)
    if (!this.#canAsk || !this.#deps.asksItself()) return
    const waitMs = nextCheckAt(this.#startedAt, this.#checked) - this.#deps.now()
    this.#timer = setTimeout(() => this.#look(), Math.max(1000, Math.min(waitMs, lookMs)))
    this.#timer.unref()
  }

  /** The settings have changed. What was known of another feed is forgotten. */
  settingsChanged(): void {
    const feed = this.#deps.feed()
    if (JSON.stringify(feed) !== JSON.stringify(this.#feed)) {
      this.#cancelDownload()
      this.#feed = feed
      this.#engine = undefined
      this.#checked = undefined
      this.#progress = noProgress
      this.#deps.onChange(this.view)
    }
    this.start()
  }

  /** Asks the feed now. Resolves with the result, also if it is a failure. @throws CallError without a usable feed */
  async check(): Promise<UpdatesView> {
    this.#requireFeed()
    if (!canFollow(this.#progress.phase, 'check')) return this.view
    this.#take({ kind: 'check' })
    const engine = this.#engineNow()
    try {
      const offer = await (await engine).check()
      if (engine !== this.#engine) return this.view
      this.#deps.log.info('update feed checked', { offered: offer?.version ?? 'nothing newer' })
      this.#take({ kind: 'offered', offer, at: this.#deps.now() })
      this.#checked = { at: this.#deps.now(), ok: true }
    } catch (cause) {
      if (engine !== this.#engine) return this.view
      this.#fail('update check failed', cause)
      this.#checked = { at: this.#deps.now(), ok: false }
    }
    this.start()
    return this.view
  }

  /** Begins to download what is on offer. Its end is reported by `onChange`. @throws CallError */
  download(): UpdatesView {
    this.#requireFeed()
    if (!canFollow(this.#progress.phase, 'download')) return this.view
    this.#take({ kind: 'download' })
    void this.#download(this.#engineNow())
    return this.view
  }

  async cancel(): Promise<UpdatesView> {
    if (canFollow(this.#progress.phase, 'cancel')) {
      ;(await this.#engine)?.cancel()
      this.#take({ kind: 'cancel' })
    }
    return this.view
  }

  setOnQuit(onQuit: boolean): UpdatesView {
    const { phase } = this.#progress
    // A password cannot be asked for while the session of the desktop ends.
    if (phase.kind === 'ready' && phase.way.kind !== 'itself')
      throw new CallError('bad-request', 'This update cannot be installed without you. Install it now instead.')
    this.#take({ kind: 'on-quit', onQuit })
    return this.view
  }

  /**
   * Installs what is ready, and restarts ReMo.
   * @throws CallError while an alert fires, while catching up, and for what only the operator can install
   */
  async install(): Promise<UpdatesView> {
    this.#requireUnblocked()
    const { phase } = this.#progress
    if (phase.kind !== 'ready') return this.view
    if (phase.way.kind === 'command') throw new CallError('bad-request', phase.way.why)
    const engine = await this.#engineNow()
    if (this.#isOfSystem) {
      this.#lastStep = () => engine.installAtEnd(true)
      this.#take({ kind: 'install' })
      this.#deps.end(false)
      return this.view
    }
    this.#take({ kind: 'install' })
    try {
      await this.#installFile(phase.file, engine.sha512 ?? '')
      this.#deps.log.info('update installed', { version: phase.offer.version })
      this.#take({ kind: 'installed' })
      // An alert may have opened while the password was asked for. Then the operator restarts.
      if (this.#blocked === undefined) this.#deps.end(true)
    } catch (cause) {
      this.#fail('update not installed', cause)
    }
    return this.view
  }

  /** After an installation that did not restart ReMo. @throws CallError while an alert fires */
  restart(): UpdatesView {
    this.#requireUnblocked()
    if (this.#progress.phase.kind === 'installed') this.#deps.end(true)
    return this.view
  }

  /** ReMo begins to stop, and still knows whether an alert fires. */
  stop(): void {
    clearTimeout(this.#timer)
    const { phase } = this.#progress
    if (phase.kind === 'downloading') this.#cancelDownload()
    if (phase.kind !== 'ready' || !phase.onQuit) return
    const reason = this.#blocked
    if (reason !== undefined) {
      this.#deps.log.info('update not installed on quit', { reason })
      return
    }
    this.#lastStep = async () => {
      const engine = await this.#engineNow()
      if (this.#isOfSystem) engine.installAtEnd(false)
      else await this.#installFile(phase.file, engine.sha512 ?? '')
    }
  }

  /** The last step of this process, after everything has stopped. `code`: with which it exits. */
  async last(code: number): Promise<void> {
    if (code !== 0 || !this.#lastStep) return
    try {
      await this.#lastStep()
    } catch (cause) {
      this.#deps.log.error('update not installed', { cause })
    }
  }

  /** Why nothing is installed now, one sentence. */
  get #blocked(): string | undefined {
    return installBlock(this.#deps.watching())
  }

  #cancelDownload(): void {
    void this.#engine?.then((engine) => engine.cancel()).catch(() => undefined)
  }

  get #canAsk(): boolean {
    return this.#deps.installation.kind === 'package' && this.#feed.kind === 'set'
  }

  /** An installer of the system replaces ReMo after it has ended. */
  get #isOfSystem(): boolean {
    const { installation } = this.#deps
    return installation.kind === 'package' && (installation.type === 'nsis' || installation.type === 'mac')
  }

  #look(): void {
    if (nextCheckAt(this.#startedAt, this.#checked) > this.#deps.now()) this.start()
    else void this.check()
  }

  #requireFeed(): void {
    const { feed } = this.view
    if (feed.kind === 'none') throw new CallError('unavailable', 'No feed is set, so ReMo asks nobody.')
    if (feed.kind !== 'set') throw new CallError('unavailable', feed.reason)
  }

  #requireUnblocked(): void {
    const reason = this.#blocked
    if (reason !== undefined) throw new CallError('conflict', reason)
  }

  #engineNow(): Promise<UpdaterEngine> {
    const feed = this.#feed
    if (feed.kind !== 'set') return Promise.reject(new Error('no feed is set'))
    return (this.#engine ??= this.#deps.createEngine(feed))
  }

  async #download(engine: Promise<UpdaterEngine>): Promise<void> {
    try {
      const file = await (await engine).download((received) => this.#received(engine, received))
      if (file === undefined || engine !== this.#engine) return
      const way = await this.#wayOf(file)
      this.#deps.log.info('update downloaded', { file, way: way.kind })
      this.#take({ kind: 'downloaded', file, way })
    } catch (cause) {
      if (engine === this.#engine) this.#fail('update not downloaded', cause)
    }
  }

  async #wayOf(file: string) {
    const { installation, appImage, ability } = this.#deps
    if (installation.kind === 'unsupported') return byCommand('deb', file, installation.reason)
    return installWay(installation.type, { file, appImage }, await ability())
  }

  #received(engine: Promise<UpdaterEngine>, received: number): void {
    const now = this.#deps.now()
    if (engine !== this.#engine || Math.abs(now - this.#shownAt) < progressMs) return
    this.#shownAt = now
    this.#take({ kind: 'progress', received })
  }

  #installFile(file: string, sha512: string): Promise<void> {
    const { installation, installDeb, replaceAppImage } = this.#deps
    const isAppImage = installation.kind === 'package' && installation.type === 'appimage'
    return (isAppImage ? replaceAppImage : installDeb)(file, sha512)
  }

  #fail(message: string, cause: unknown): void {
    this.#deps.log.warn(message, { cause })
    const text =
      cause instanceof UpdateFailure ? cause.message : 'An internal error stopped the update. See the log for details.'
    const way = cause instanceof UpdateFailure ? cause.way : undefined
    this.#take({ kind: 'failed', text, at: this.#deps.now(), ...(way === undefined ? {} : { way }) })
  }

  #take(event: UpdateEvent): void {
    this.#progress = nextProgress(this.#progress, event)
    this.#deps.onChange(this.view)
  }
}
