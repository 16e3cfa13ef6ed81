import type { IpcFailure } from '#shared/ipc/contract.ts'
import { hourMs } from '#shared/format/time-units.ts'
import { ruleLabel } from '#shared/silence/matcher-words.ts'
import { matchesOwnOnly } from '#shared/silence/matchers.ts'
import { endOf, nextWindow, silenceState, type SilenceState } from '#shared/silence/schedule.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { isSilenceChange, silenceIdOf, type OperatorAction } from '#shared/team/operator-action.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { isUnsent } from '../../live/page-session.svelte.ts'
import { KeptSelection } from '../../ui/lists/kept-selection.svelte.ts'
import { movedSelection } from '../../ui/lists/list-selection.ts'
import { draftOf, type RecentSilences } from './recent-silences.svelte.ts'

export type SilenceTab = 'active' | 'scheduled' | 'weekly' | 'expired'

interface Known {
  readonly silence: Silence
  readonly state: SilenceState
  /** When its window ends or begins next, or when it ended: epoch ms. */
  readonly at: number
}

/** The page of silences: tabs, filter, selection, and what can be done to a row. */
export class SilencesPage {
  readonly #app: AppState
  readonly #recent: RecentSilences
  readonly #selection: KeptSelection<Silence>
  #tab = $state<SilenceTab>('active')
  #filter = $state('')
  busy = $state(false)
  problem = $state.raw<IpcFailure>()

  /** `shown`: the silence from the address. Its tab is shown. */
  constructor(app: AppState, recent: RecentSilences, shown?: string) {
    this.#app = app
    this.#recent = recent
    const first = shown === undefined ? undefined : { id: shown }
    this.#selection = new KeptSelection<Silence>(() => this.rows, { awaited: () => first })
    if (shown !== undefined) this.#tab = this.#tabOf(shown)
  }

  /** States change at window boundaries only, so they are not computed anew each second. */
  readonly #known: readonly Known[] = $derived.by(() => {
    const { silences, clock } = this.#app
    void silences.active
    const now = clock.untracked
    return silences.items.map((silence) => {
      const state = silenceState(silence, now)
      return { silence, state, at: silences.ends.get(silence.id) ?? momentOf(silence, state, now) }
    })
  })

  readonly #byTab = $derived.by(() => {
    const of = (state: SilenceState): Known[] => this.#known.filter((one) => one.state === state)
    const soonest = (a: Known, b: Known): number => a.at - b.at
    return {
      active: of('active').sort(soonest),
      scheduled: of('scheduled')
        .filter(({ silence }) => silence.schedule.kind === 'once')
        .sort(soonest),
      weekly: this.#known
        .filter(({ silence, state }) => silence.schedule.kind === 'weekly' && state !== 'expired')
        .sort(soonest),
      expired: of('expired').sort((a, b) => b.at - a.at),
    } satisfies Record<SilenceTab, readonly Known[]>
  })

  get tab(): SilenceTab {
    return this.#tab
  }

  set tab(tab: SilenceTab) {
    this.#tab = tab
    this.#selection.restart()
  }

  get filter(): string {
    return this.#filter
  }

  set filter(filter: string) {
    this.#filter = filter
    this.#selection.restart()
  }

  count(tab: SilenceTab): number {
    return this.#byTab[tab].length
  }

  /** The tab's silences that the filter lets through: a part of a matcher, a rule, an author or a comment. */
  readonly rows: readonly Silence[] = $derived.by(() => {
    const query = this.#filter.trim().toLowerCase()
    const list = this.#byTab[this.#tab].map(({ silence }) => silence)
    return query === '' ? list : list.filter((silence) => this.#text(silence).includes(query))
  })

  /** Silences that are not over, in the order of the strip: weekly ones first. */
  readonly current: readonly Silence[] = $derived.by(() => {
    const list = this.#known.filter(({ state }) => state !== 'expired')
    const weekly = (one: Known): number => Number(one.silence.schedule.kind !== 'weekly')
    return list.sort((a, b) => weekly(a) - weekly(b) || a.at - b.at).map(({ silence }) => silence)
  })

  /** Those that ended, the newest first. */
  readonly expired: readonly Silence[] = $derived.by(() => this.#byTab.expired.map(({ silence }) => silence))

  get row(): Silence | undefined {
    return this.#selection.row
  }

  get maySilence(): boolean {
    return this.#app.session.may('silence')
  }

  /** `active`: also if it is a weekly one. */
  stateOf({ id }: Silence): SilenceState {
    return this.#known.find(({ silence }) => silence.id === id)?.state ?? 'expired'
  }

  isChangeable(silence: Silence): boolean {
    const own = matchesOwnOnly(silence.matchers)
    return this.#app.session.mayTo('silence', { own }) && this.stateOf(silence) !== 'expired'
  }

  /** A weekly one goes on, so an hour more has no meaning. */
  isExtendable(silence: Silence): boolean {
    return this.isChangeable(silence) && silence.schedule.kind === 'once'
  }

  /** Its last change is queued here, so the team cannot see it. */
  isUnsent({ id }: Silence): boolean {
    const isOf = ({ change }: OperatorAction): boolean => isSilenceChange(change) && silenceIdOf(change) === id
    const action = this.#app.session.waiting.findLast(isOf)
    return action !== undefined && isUnsent(action, this.#app.clock.now)
  }

  select(id: string): void {
    if (id !== this.row?.id) this.#selection.choose(id)
    this.problem = undefined
  }

  /** Selects it in its tab. */
  show(silence: Silence): void {
    this.tab = this.#tabOf(silence.id)
    this.select(silence.id)
  }

  move(delta: number): void {
    const ids = this.rows.map(({ id }) => id)
    const next = movedSelection(ids, this.row?.id, delta)
    if (next !== undefined) this.select(next)
  }

  /** Ends an hour later. */
  async extend(silence: Silence): Promise<void> {
    const { schedule } = silence
    if (!this.isExtendable(silence) || this.busy || schedule.kind !== 'once') return
    const draft = { ...draftOf(silence), schedule: { ...schedule, endsAt: schedule.endsAt + hourMs } }
    const save = this.#app.bridge['silences.save']
    await this.#change('extended', silence, () => save({ id: silence.id, version: silence.version, draft }))
  }

  /** Ends now. It can be undone for some seconds. */
  async expire(silence: Silence): Promise<void> {
    if (!this.isChangeable(silence) || this.busy) return
    await this.#change('expired', silence, () => this.#app.bridge['silences.expire']({ id: silence.id }))
  }

  async #change(
    change: 'extended' | 'expired',
    before: Silence,
    send: () => ReturnType<AppState['bridge']['silences.save']>,
  ): Promise<void> {
    this.busy = true
    this.problem = undefined
    const result = await send()
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return
    }
    this.#app.silences.take(result.value)
    this.#recent.changed(change, before, result.value)
  }

  #tabOf(id: string): SilenceTab {
    const found = this.#known.find(({ silence }) => silence.id === id)
    if (found?.state !== 'scheduled') return found?.state ?? 'active'
    return found.silence.schedule.kind === 'weekly' ? 'weekly' : 'scheduled'
  }

  #text({ matchers, comment, createdBy, updatedBy }: Silence): string {
    const rules = this.#app.rules.items
    const names = matchers.flatMap(({ name, value }) => {
      const rule = name === 'rule' ? rules.find(({ id }) => id === value) : undefined
      return rule ? [name, value, ruleLabel(rule)] : [name, value]
    })
    return [...names, comment, createdBy, updatedBy].join('\n').toLowerCase()
  }
}

function momentOf(silence: Silence, state: SilenceState, now: number): number {
  const next = state === 'scheduled' ? nextWindow(silence, now)?.from : undefined
  return next ?? endOf(silence) ?? silence.updatedAt
}
