import {
  activePause,
  afterClock,
  canExtend,
  ended,
  extended,
  withChoice,
} from '#shared/do-not-disturb/do-not-disturb.ts'
import type {
  ActivePause,
  DoNotDisturb as InForce,
  DoNotDisturbRequest,
  DoNotDisturbState,
} from '#shared/do-not-disturb/do-not-disturb.ts'
import { nextQuietAt } from '#shared/do-not-disturb/quiet-hours.ts'
import type { QuietSchedule } from '#shared/do-not-disturb/quiet-hours.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import type { Log } from '#shared/log.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { localOffset, shownOffset, zoneOffset } from '../settings/zone-offset.ts'
import type { DoNotDisturbFile } from './do-not-disturb-file.ts'
import { nothingHeldBack } from './notification-pause.ts'
import type { HeldBackCounts, HeldBackKind, NotificationPause } from './notification-pause.ts'

export interface DoNotDisturbDeps {
  readonly file: Pick<DoNotDisturbFile, 'read' | 'write' | 'follow'>
  readonly settings: Pick<SettingsService, 'values' | 'onChange'>
  /** Held back now, of the connection in use. */
  readonly held: () => HeldBackCounts | undefined
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/** What holds from `at` to `before`, epoch ms. */
interface Known {
  readonly at: number
  readonly before: number
  readonly active: ActivePause | undefined
  readonly nextQuiet: number | undefined
}

/** Longest wait for the next change of the clock, ms: a computer may sleep meanwhile. */
const longestWaitMs = 60_000

/** Do not disturb of this console: pauses by a person, and quiet hours of the settings. */
export class DoNotDisturb implements NotificationPause {
  readonly #deps: DoNotDisturbDeps
  readonly #listeners = new Set<(view: DoNotDisturbView) => void>()
  readonly #counts: Record<HeldBackKind, number> = { critical: 0, warning: 0, blind: 0 }
  #state: DoNotDisturbState
  #schedule: QuietSchedule
  #known: Known | undefined
  #shown = ''
  #timer: NodeJS.Timeout | undefined
  #isEnded = false
  /** The file has the state. If not, the state in memory counts. */
  #isStored = true
  /** One sentence, if the zone of the quiet hours is unknown. */
  #problem: string | undefined

  constructor(deps: DoNotDisturbDeps) {
    this.#deps = deps
    this.#state = deps.file.read()
    this.#schedule = this.#readSchedule()
    this.#noteHeld()
    deps.settings.onChange((changed) => {
      if (changed.has('notifications.quietHours')) this.#takeSchedule()
      this.tick()
    })
  }

  /** What is in force now; `undefined`: off. */
  get active(): ActivePause | undefined {
    return this.#now.active
  }

  /** Worked out once until the next change: the rules of a time zone take a millisecond. */
  get #now(): Known {
    const now = this.#deps.now()
    const known = this.#known
    if (known && known.at <= now && now < known.before) return known
    const active = activePause(this.#state, this.#schedule, now)
    const nextQuiet = nextQuietAt(this.#schedule, now)
    const before = Math.min(active?.until ?? Infinity, nextQuiet ?? Infinity)
    return (this.#known = { at: now, before, active, nextQuiet })
  }

  get inForce(): InForce {
    const criticalBreaksThrough = this.#deps.settings.values['notifications.criticalBreaksThrough']
    return { until: this.active?.until, criticalBreaksThrough }
  }

  get heldSince(): number | undefined {
    return this.#state.heldSince
  }

  get isDigestDue(): boolean {
    return this.#state.heldSince !== undefined
  }

  /** Number of notifications held back since the start, by what they are about. */
  get counts(): HeldBackCounts {
    return this.#counts
  }

  get view(): DoNotDisturbView {
    const now = this.#deps.now()
    const { active, nextQuiet: next } = this.#now
    return {
      ...(active ? { active: { ...active, canExtend: canExtend(active, now) } } : {}),
      ...(next === undefined ? {} : { nextQuietAt: next }),
      held: this.#deps.held() ?? nothingHeldBack,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  /** @returns stops listening */
  onChange(listener: (view: DoNotDisturbView) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  request(request: DoNotDisturbRequest): void {
    const { now, settings, log } = this.#deps
    const at = now()
    log.info('do not disturb', { request })
    this.#change((state) => {
      if (request === 'off') return ended(state, this.#schedule, at)
      if (request !== 'extend') return withChoice(state, request, { now: at, offsetAt: shownOffset(settings.values) })
      const active = activePause(state, this.#schedule, at)
      return active ? extended(state, active, at) : state
    })
  }

  count(kind: HeldBackKind): void {
    this.#counts[kind]++
  }

  digestDone(): void {
    if (!this.isDigestDue || this.active) return
    this.#change(({ heldSince: _, ...rest }) => rest)
  }

  /** Tells the listeners what has changed: also when a pause ends, quiet hours begin, or the clock was set back. */
  tick(): void {
    const state = afterClock(this.#state, this.#deps.now())
    if (state !== this.#state) this.#change(() => state)
    this.#noteHeld()
    this.#tell()
    this.#wait()
  }

  /** Follows the clock, and changes by other consoles. @returns stops */
  follow(): () => void {
    const stop = this.#deps.file.follow(() => this.#take(this.#deps.file.read()))
    this.tick()
    return () => {
      stop()
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#isEnded = true
    }
  }

  /** Of the newest state: another console may have changed it. */
  #change(edit: (state: DoNotDisturbState) => DoNotDisturbState): void {
    const next = edit(this.#isStored ? this.#deps.file.read() : this.#state)
    this.#isStored = this.#deps.file.write(next)
    this.#take(next)
  }

  #take(state: DoNotDisturbState): void {
    this.#state = state
    this.#known = undefined
    this.#noteHeld()
    this.#tell()
    this.#wait()
  }

  /** From now on something may be held back: a restart has to know. */
  #noteHeld(): void {
    if (!this.active || this.isDigestDue) return
    this.#state = { ...this.#state, heldSince: this.#deps.now() }
    this.#isStored = this.#deps.file.write(this.#state)
  }

  /** Other hours begin anew: what was ended by hand were the old ones. */
  #takeSchedule(): void {
    this.#schedule = this.#readSchedule()
    this.#known = undefined
    this.#change(({ skipQuietUntil: _, ...rest }) => rest)
  }

  #readSchedule(): QuietSchedule {
    const hours = this.#deps.settings.values['notifications.quietHours']
    const offsetAt = zoneOffset(hours.zone)
    this.#problem = offsetAt
      ? undefined
      : `This computer does not know the time zone ${hours.zone}. Quiet hours follow its own zone.`
    if (this.#problem !== undefined) this.#deps.log.warn('unknown time zone', { zone: hours.zone })
    return { hours, offsetAt: offsetAt ?? localOffset }
  }

  #tell(): void {
    const { view } = this
    const text = JSON.stringify(view)
    if (text === this.#shown) return
    this.#shown = text
    for (const listener of this.#listeners) listener(view)
  }

  #wait(): void {
    clearTimeout(this.#timer)
    const before = this.#known?.before ?? Infinity
    if (this.#isEnded || before === Infinity) return
    const ms = Math.min(longestWaitMs, Math.max(0, before - this.#deps.now()) + 1)
    this.#timer = setTimeout(() => this.tick(), ms)
  }
}
