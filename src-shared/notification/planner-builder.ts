import { anAlert } from '../alert/alert-builders.ts'
import type { Alert, NodeAlert } from '../alert/alert.ts'
import { disturbanceAllowed } from '../do-not-disturb/do-not-disturb.ts'
import type { DoNotDisturb } from '../do-not-disturb/do-not-disturb.ts'
import type { Health } from '../health/health.ts'
import { formatClock } from '../format/time.ts'
import { anId } from '../rule/rule-builders.ts'
import { initialSettings } from '../settings/app-settings.ts'
import type { SettingValues } from '../settings/app-settings.ts'
import { audienceOf, isCritical } from './audience.ts'
import type { HeldBack, HiddenDetails, PlanFacts, PlannedPopup, PlannerState } from './notification-plan.ts'
import { planNotifications } from './plan-notifications.ts'
import type { Planning } from './plan-notifications.ts'
import { planSettings } from './plan-settings.ts'
import { initialPlannerState, popupClosed, popupShown, withAlerts } from './planner-state.ts'
import type { NotifiedTransition, QueuedNotification } from './queued-notification.ts'
import type { SoundKind } from './sound-kind.ts'

const live: Health = { kind: 'live', behindMs: 100 }
/** When the clock of a `TestPlanner` starts, epoch ms. */
export const plannerStart = 1_764_000_000_000

/** A popup that was shown, in words with plain spaces. */
export interface SeenPopup {
  /** Seconds since the start. */
  readonly at: number
  readonly title: string
  readonly body: string
  readonly isUpdate: boolean
  readonly popup: PlannedPopup
}

/**
 * The planner with a clock, a desktop that shows everything, and a data thread that queues what fires and resolves. Test
 * builder.
 */
export class TestPlanner {
  now = plannerStart
  health = live
  doNotDisturb: DoNotDisturb = disturbanceAllowed
  heldBack: HeldBack | undefined
  hidden: HiddenDetails | undefined
  state: PlannerState
  readonly shown: SeenPopup[] = []
  readonly sounds: Array<readonly [number, SoundKind]> = []
  /** Sounds for which no alert pops up. */
  readonly wrongSounds: string[] = []
  readonly stops: number[] = []
  readonly settled: string[] = []
  readonly dropped: string[] = []
  readonly firing = new Map<string, Alert>()
  readonly silenced = new Set<string>()
  readonly seen = new Set<string>()
  readonly values = new Map<string, number>()
  readonly #queue = new Map<string, QueuedNotification>()
  readonly #notified = new Set<string>()
  #settings: SettingValues
  #nextAt = Infinity

  constructor(settings: Partial<SettingValues> = {}) {
    this.#settings = { ...initialSettings, ...settings }
    this.state = { ...initialPlannerState(plannerStart), isAway: false, notLiveSince: Infinity }
  }

  /** Titles on the screen, by tag. */
  get screen(): Record<string, string> {
    const visible = [...this.state.popups].filter(([, { isClosed }]) => !isClosed)
    return Object.fromEntries(visible.map(([tag, { popup }]) => [tag, plain(popup.title)]))
  }

  get titles(): string[] {
    return Object.values(this.screen)
  }

  /** Seconds since the start. */
  get second(): number {
    return (this.now - plannerStart) / 1000
  }

  get queued(): readonly QueuedNotification[] {
    return [...this.#queue.values()]
  }

  /** Popups that popped up, without updates: time and title. */
  get poppedUp(): Array<readonly [number, string]> {
    return this.shown.filter(({ isUpdate }) => !isUpdate).map(({ at, title }) => [at, title] as const)
  }

  set(settings: Partial<SettingValues>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.step()
  }

  fire(...alerts: Alert[]): void {
    this.queue('opened', ...alerts)
  }

  /** These transitions are stored, and the console plans at once. */
  queue(transition: NotifiedTransition, ...alerts: Alert[]): void {
    this.#take(alerts)
    for (const alert of alerts) {
      const wasShown = this.#notified.has(alert.id)
      this.#queue.set(`${alert.id} ${transition}`, { alert, transition, wasShown })
    }
    this.step()
  }

  /** Alerts changed without a notification. */
  change(...alerts: Alert[]): void {
    this.#take(alerts)
    this.step()
  }

  /** The value of the recovery. */
  resolve(alert: Alert, resolvedValue = 71): void {
    const ended: Alert = { ...alert, phase: 'resolved', resolvedAt: this.now, resolvedValue, resolveReason: 'cleared' }
    const isKnown = this.#notified.has(alert.id) || [...this.#queue.values()].some((item) => item.alert.id === alert.id)
    if (isKnown) this.queue('resolved', ended)
    else this.change(ended)
  }

  acknowledge(alert: Alert): void {
    this.change({ ...alert, acknowledgement: { by: 'anna', at: this.now, comment: '' } })
  }

  close(tag: string): void {
    this.state = popupClosed(this.state, tag)
    this.step()
  }

  /** Time passes: the console plans when it said that it would. */
  after(seconds: number): void {
    const end = this.now + seconds * 1000
    for (let rounds = 0; this.#nextAt <= end; rounds++) {
      if (rounds > 10_000) throw new Error('the planner never rests')
      this.now = Math.max(this.now, this.#nextAt)
      this.step()
      if (this.#nextAt <= this.now) throw new Error('the next plan is not later')
    }
    this.now = end
  }

  /** Plans, and executes the plan until it shows nothing more. */
  step(): void {
    for (let rounds = 0; ; rounds++) {
      if (rounds > 50) throw new Error('the planner shows without an end')
      const { state, plan }: Planning = planNotifications(this.state, this.facts())
      this.state = state
      this.#nextAt = plan.nextAt
      for (const { alertId, transition } of plan.drop) this.#leave(`${alertId} ${transition}`, this.dropped)
      if (plan.sound) this.#sounded(plan.sound)
      if (plan.stopSound) this.stops.push(this.second)
      if (plan.show.length === 0) return
      for (const popup of plan.show) this.#show(popup)
    }
  }

  facts(): PlanFacts {
    return {
      now: this.now,
      health: this.health,
      settings: planSettings(this.#settings),
      queued: this.queued,
      firing: [...this.firing.values()],
      isSilenced: ({ id }) => this.silenced.has(id),
      isUnseen: (id) => !this.seen.has(id),
      doNotDisturb: this.doNotDisturb,
      heldBack: this.heldBack,
      hidden: this.hidden,
      newestOf: ({ id }) => this.values.get(id),
      clearLevelOf: () => 75,
      timeOf: (at) => formatClock(at, 0),
    }
  }

  #sounded(kind: SoundKind): void {
    this.sounds.push([this.second, kind])
    const audience = audienceOf(this.facts())
    const audible = [...this.firing.values()].filter((alert) => audience.popsUp(alert) && !audience.isHeld(alert))
    const isRight = kind === 'resolved' || audible.some((alert) => isCritical(alert) === (kind === 'critical'))
    if (!isRight) this.wrongSounds.push(`${this.second} ${kind}`)
  }

  #show(popup: PlannedPopup): void {
    const { title, body, isUpdate } = popup
    this.shown.push({ at: this.second, title: plain(title), body: plain(body), isUpdate, popup })
    this.state = popupShown(this.state, popup, this.now)
    for (const { alertId, transition } of popup.settles) {
      this.#leave(`${alertId} ${transition}`, this.settled)
      this.#notified.add(alertId)
    }
    if (popup.kind === 'held-back') this.heldBack = undefined
  }

  #leave(key: string, list: string[]): void {
    if (this.#queue.delete(key)) list.push(key)
  }

  #take(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (alert.phase === 'firing') this.firing.set(alert.id, alert)
      else this.firing.delete(alert.id)
      for (const [key, item] of this.#queue) if (item.alert.id === alert.id) this.#queue.set(key, { ...item, alert })
    }
    this.state = withAlerts(this.state, alerts, this.now)
  }
}

/** With plain spaces. */
export function plain(text: string): string {
  return text.replaceAll('\u202f', ' ')
}

const memoryRule = anId(902)

/** A CPU alert of the node with this number. */
export const cpu = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({
    id: anId(node),
    nodeId: `node-${node}`,
    nodeName: `Server-${node}`,
    since: plannerStart - 220_000,
    ...change,
  })
/** A memory alert of another rule. */
export const memory = (node: number, change: Partial<NodeAlert> = {}): NodeAlert =>
  cpu(node, { id: anId(100 + node), ruleId: memoryRule, metric: 'memory_usage', ...change })
/** The CPU alert of a node, as a warning. */
export const warning = (node: number): NodeAlert => cpu(node, { severity: 'warning', threshold: 85, value: 90 })
/** The node with this number is offline. */
export const offline = (node: number): NodeAlert =>
  cpu(node, { id: anId(200 + node), ruleId: anId(903), kind: 'offline', metric: '', value: null, threshold: 60 })
/** CPU alerts of so many nodes, of one rule. */
export const many = (count: number, from = 1): NodeAlert[] => Array.from({ length: count }, (_, i) => cpu(from + i))

/** A console that showed a popup a moment ago: no quiet hour. */
export function busy(settings: ConstructorParameters<typeof TestPlanner>[0] = {}): TestPlanner {
  const planner = new TestPlanner(settings)
  planner.state = { ...planner.state, lastAlertAt: plannerStart - 60_000 }
  return planner
}
