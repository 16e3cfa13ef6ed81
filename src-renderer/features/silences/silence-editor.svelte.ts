import { type Alert, isOwnKind } from '#shared/alert/alert.ts'
import { ownKindText, ownNodeText } from '#shared/alert/own-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import { matchesEverything, matchesOwnOnly } from '#shared/silence/matchers.ts'
import { withRuleNames } from '#shared/silence/matcher-words.ts'
import { formatMatcher, formatMatchers } from '#shared/silence/matcher-text.ts'
import { matchersFor } from '#shared/silence/matchers-for.ts'
import type { Matcher, Silence } from '#shared/silence/silence.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { timeStyleAt, timeZone } from '../../live/time-style.svelte.ts'
import type { MomentClock } from './moment-text.ts'
import type { RecentSilences } from './recent-silences.svelte.ts'
import {
  formOf,
  matchersOf,
  newForm,
  readForm,
  readTyped,
  type FormProblems,
  type ReadForm,
  type SilenceForm,
} from './silence-form.ts'
import { previewOf, type SilencePreview } from './silence-preview.ts'

/** From where the dialog was opened: its matchers, and words for the title. */
interface Start {
  readonly matchers: readonly Matcher[]
  readonly about: string
}

const equals = (name: string, value: string): Matcher => ({ name, operator: '=', value })

/** The dialog of a silence: a new one, or a version of an existing one. */
export class SilenceEditor {
  readonly #app: AppState
  readonly #recent: RecentSilences
  open = $state(false)
  form = $state.raw<SilenceForm>(newForm('UTC'))
  /** The opened version; `undefined` for a new one. */
  editing = $state.raw<Silence>()
  /** `web-117 · CPU usage`: from where it was opened. */
  about = $state('')
  /** The field of matchers shows text instead of chips. */
  asText = $state(false)
  busy = $state(false)
  problem = $state.raw<IpcFailure>()
  /** Problems appear after the operator tried to save. */
  validated = $state(false)
  /** The operator tried to add text that cannot be read. */
  #tried = $state(false)
  /** The matchers that the operator was asked about, because they match everything. */
  #asked = $state.raw<string>()

  constructor(app: AppState, recent: RecentSilences) {
    this.#app = app
    this.#recent = recent
  }

  get maySilence(): boolean {
    return this.#app.session.may('silence')
  }

  /** Also without the permission: what this console says about itself. */
  maySilenceThese(alerts: ReadonlyArray<Pick<Alert, 'kind'>>): boolean {
    const own = alerts.length > 0 && alerts.every(({ kind }) => isOwnKind(kind))
    return this.#app.session.mayTo('silence', { own })
  }

  /** Why it cannot be saved: the operator has no permission to silence nodes. */
  get denial(): string | undefined {
    return this.#may(this.matchers) ? undefined : this.#app.session.denialReason('silence')
  }

  #may(matchers: readonly Matcher[]): boolean {
    return this.#app.session.mayTo('silence', { own: matchesOwnOnly(matchers) })
  }

  get clock(): MomentClock {
    return { now: this.#app.clock.now, offsetAt: (at) => timeStyleAt(at).offsetMinutes }
  }

  readonly matchers: readonly Matcher[] = $derived.by(() => matchersOf(this.form, this.#app.rules.items))

  /** Follows each keystroke: matchers that are only typed count too. Ticks of the clock change nothing here. */
  readonly preview: SilencePreview = $derived.by(() => {
    const { alerts, store } = this.#app
    return previewOf(this.matchers, { alerts: alerts.items, nodes: store.directory.nodes })
  })

  /** It holds on this console only, also with a backend. */
  get isOfConsole(): boolean {
    return this.preview.isOfConsole
  }

  readonly #read: ReadForm = $derived.by(() => {
    const { rules, settings } = this.#app
    const longestDays = settings.values['silences.longestDays']
    return readForm(this.form, { clock: this.clock, rules: rules.items, longestDays, opened: this.editing?.schedule })
  })
  readonly draft = $derived(this.#read.ok ? this.#read.draft : undefined)
  /** When it is active, if the fields can be read. */
  readonly schedule = $derived(this.#read.schedule)

  /** What is wrong with the form. Before the first try to save, fields that are still empty are not. */
  readonly problems: FormProblems = $derived.by(() => {
    const all = this.#read.ok ? {} : this.#read.problems
    return this.validated ? all : this.#withoutEmpty(all)
  })

  #withoutEmpty({ comment: _comment, days: _days, matchers, until, ...others }: FormProblems): FormProblems {
    const { form } = this
    const hasEnd = form.when !== 'until' || form.until !== ''
    return {
      ...others,
      ...(matchers !== undefined && (this.#tried || this.#isReadable) ? { matchers } : {}),
      ...(until !== undefined && hasEnd ? { until } : {}),
    }
  }

  /** There are matchers, and none is half typed. */
  get #isReadable(): boolean {
    return this.matchers.length > 0 && readTyped(this.form)?.ok !== false
  }

  /** Where the text of the matchers is wrong: characters from `from` to `to` (exclusive). */
  readonly wrongPart = $derived.by(() => {
    const typed = readTyped(this.form)
    return typed && !typed.ok && (this.validated || this.#tried) ? typed : undefined
  })

  /** The version in effect of the opened silence; `undefined` if it is gone. */
  readonly theirs: Silence | undefined = $derived.by(() =>
    this.#app.silences.items.find(({ id }) => id === this.editing?.id),
  )
  /** Another person changed it after it was opened. */
  readonly outdated: boolean = $derived(this.editing !== undefined && this.theirs?.version !== this.editing.version)

  /** The matchers match every alert, so the operator has to say yes twice. */
  readonly matchesAll: boolean = $derived(this.matchers.length > 0 && matchesEverything(this.matchers))
  /** The first yes was given. */
  readonly asked: boolean = $derived(this.matchesAll && this.#asked === formatMatchers(this.matchers))

  /** Without a comment and a matcher the button stays off. */
  readonly canSave: boolean = $derived(
    this.#may(this.matchers) &&
      !this.busy &&
      !this.outdated &&
      this.form.comment.trim() !== '' &&
      this.matchers.length > 0,
  )

  /** Opens a new one. From nothing, it goes on with what was typed before it was closed. */
  start({ matchers, about }: Start = { matchers: [], about: '' }): void {
    if (!this.#may(matchers)) return
    const isNothing = matchers.length === 0
    const isKept = isNothing && this.editing === undefined && this.about === '' && this.#isTyped
    if (!isKept) this.#show(newForm(timeZone(), matchers), undefined)
    this.about = about
    this.open = true
  }

  get #isTyped(): boolean {
    return this.form.comment !== '' || this.form.matchers.length > 0 || this.form.typed !== ''
  }

  /** Opens a new one for the rule and the node of an alert; for one about this console, for its kind. */
  startFor({ nodeId, ruleId, kind, metric }: Pick<Alert, 'nodeId' | 'ruleId' | 'kind' | 'metric'>): void {
    if (isOwnKind(kind)) {
      this.start({ matchers: [equals('kind', kind)], about: `${ownNodeText} · ${ownKindText[kind]}` })
      return
    }
    const what = kind === 'offline' ? 'Node offline' : metricInfo(metric).label
    this.start({
      matchers: [equals('rule', ruleId), equals('node', nodeId)],
      about: `${shownText(nodeId)} · ${what}`,
    })
  }

  /** For several alerts at once: their rules and nodes. */
  startForMany(alerts: readonly Alert[]): void {
    const [first] = alerts
    if (first && alerts.length === 1) this.startFor(first)
    else this.start({ matchers: [...matchersFor(alerts)], about: `${alerts.length} alerts` })
  }

  startForNode(nodeId: string): void {
    this.start({ matchers: [equals('node', nodeId)], about: shownText(nodeId) })
  }

  edit(silence: Silence): void {
    if (!this.#may(silence.matchers)) return
    this.#show(formOf(silence, timeZone(), this.clock), silence)
    this.open = true
  }

  readonly close = (): void => {
    this.open = false
    this.problem = undefined
    this.validated = false
    if (this.editing) this.#show(newForm(timeZone()), undefined)
  }

  set(change: Partial<SilenceForm>): void {
    this.form = { ...this.form, ...change }
    this.problem = undefined
  }

  /** Adds what is typed. @returns whether it could be read */
  addTyped(): boolean {
    const typed = readTyped(this.form)
    if (typed && !typed.ok) {
      this.#tried = true
      return false
    }
    this.#tried = false
    if (typed) this.set({ matchers: this.matchers, typed: '' })
    return true
  }

  remove(index: number): void {
    this.set({ matchers: this.form.matchers.filter((_, i) => i !== index) })
  }

  /** Takes a matcher out of the list, into the field. What was typed there is added first. */
  retype(index: number): void {
    const matcher = this.form.matchers[index]
    if (!matcher || !this.addTyped()) return
    const [named] = withRuleNames([matcher], this.#app.rules.items)
    this.set({ matchers: this.form.matchers.filter((_, i) => i !== index), typed: formatMatcher(named ?? matcher) })
  }

  /** Changes between chips and text. Text that cannot be read stays text. */
  toggleText(): void {
    if (this.asText) {
      if (this.addTyped()) this.asText = false
      return
    }
    if (!this.addTyped()) return
    const { matchers } = this.form
    const text = matchers.length === 0 ? '' : formatMatchers(withRuleNames(matchers, this.#app.rules.items))
    this.set({ matchers: [], typed: text })
    this.asText = true
  }

  /** Replaces the form by the version in effect. */
  loadTheirs(): void {
    const { theirs } = this
    if (theirs) this.#show(formOf(theirs, timeZone(), this.clock), theirs)
  }

  /** Goes on with the own text: as a change of the version in effect, or as a new silence. */
  keepMine(): void {
    const { theirs } = this
    this.editing = theirs?.expiredAt === undefined ? theirs : undefined
  }

  /** @returns whether it was saved */
  async save(): Promise<boolean> {
    this.validated = true
    const { draft, editing } = this
    if (!draft || !this.canSave) return false
    if (this.matchesAll && !this.asked) {
      this.#asked = formatMatchers(this.matchers)
      return false
    }
    this.busy = true
    const edited = editing ? { id: editing.id, version: editing.version } : {}
    const result = await this.#app.bridge['silences.save']({ ...edited, draft })
    this.busy = false
    if (!result.ok) {
      this.problem = result.error
      return false
    }
    this.#app.silences.take(result.value)
    if (!editing) this.#recent.created(result.value)
    this.#show(newForm(timeZone()), undefined)
    this.open = false
    return true
  }

  #show(form: SilenceForm, editing: Silence | undefined): void {
    this.form = form
    this.editing = editing
    this.about = ''
    this.asText = false
    this.problem = undefined
    this.validated = false
    this.#tried = false
    this.#asked = undefined
  }
}
