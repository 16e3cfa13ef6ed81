import { disturbanceAllowed } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { PlanFacts, PlannerState } from '#shared/notification/notification-plan.ts'
import { planNotifications } from '#shared/notification/plan-notifications.ts'
import { planSettings } from '#shared/notification/plan-settings.ts'
import { initialPlannerState, popupShown, withAlerts } from '#shared/notification/planner-state.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import { parseMatchers } from '#shared/silence/matcher-text.ts'
import { silenceIndex } from '#shared/silence/silence-index.ts'
import { aBatch, aMessage, TestEngine } from '../../src-main/data/test-engine.ts'
import type { Message, Scenario } from './scenario-file.ts'
import { inOrder, sinceStart, timelineLine } from './timeline-lines.ts'

const startAt = 1_764_000_000_000
/** A node of its own that goes on sending: without any record the console is blind, and evaluates nothing. */
const going = 'going'

/** Lines that evaluators do not have. */
const ofConsole = new Set(['notified', 'stale', 'returned'])

/** What the data thread of a console stores, and what the main thread shows. */
export class ConsoleRun {
  readonly popups: string[] = []
  readonly #fixture = new TestEngine({ now: startAt })
  readonly #offsets = new Map<string, number>()
  readonly #queued = new Map<string, QueuedNotification>()
  #planner: PlannerState = { ...initialPlannerState(startAt), isAway: false, notLiveSince: Infinity }
  #taken = 0

  constructor(scenario: Scenario) {
    const { engine, store } = this.#fixture
    engine.stop()
    store.close()
    this.#fixture.reopen(({ store: opened }) => {
      for (const rule of scenario.rules(startAt)) opened.rules.save(rule)
    })
  }

  /**
   * @param restarts every seventh second is another run of the data thread. Not while data is missing: a new run counts
   * that from its own start on
   */
  run(scenario: Scenario, restarts: boolean): void {
    let next = 0
    for (let second = 0; second <= scenario.until; second++) {
      this.#fixture.now = startAt + second * 1000
      if (restarts && second % 7 === 6 && !scenario.isMissing(second)) this.#fixture.restart()
      if (second % 5 === 0) this.#read({ second, node: going, metrics: { up: 1 } })
      for (; scenario.messages[next]?.second === second; next++) this.#read(scenario.messages[next] as Message)
      this.#act(scenario, second)
      this.#silence(scenario, second)
      this.#connect()
      this.#fixture.engine.tick()
      this.#notify()
    }
  }

  lines(): readonly string[] {
    return inOrder(
      this.#alerts().flatMap((alert) => {
        const timeline = this.#fixture.call('alerts.timeline', { id: alert.id })
        const evaluated = timeline.filter(({ kind }) => !ofConsole.has(kind))
        return evaluated.map((event) => ({ at: event.at, line: timelineLine(event, alert, startAt) }))
      }),
    )
  }

  remove(): void {
    this.#fixture.remove()
  }

  #read({ node, metrics }: Message): void {
    const { engine, now } = this.#fixture
    const topic = `metrics-${node}`
    const from = this.#offsets.get(topic) ?? 0
    this.#offsets.set(topic, from + 1)
    void engine.handlers.batches(aBatch([aMessage({ node, at: now, metrics })], now, { topic, from }))
  }

  #act({ acknowledge }: Scenario, second: number): void {
    const { now } = this.#fixture
    for (const { at, node, metric, by, end } of acknowledge) {
      if (at !== second) continue
      const alert = this.#alerts().find(
        (open) => open.phase === 'firing' && open.nodeId === node && open.metric === metric,
      )
      if (!alert) throw new Error(`no alert of ${node} ${metric} fires at ${second} s`)
      const until = end === undefined ? {} : { until: now + end * 1000 }
      const acknowledgement = { by, at: now, comment: '', ...until }
      this.#fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement })
    }
  }

  #silence({ silences }: Scenario, second: number): void {
    const { now } = this.#fixture
    for (const { at, for: seconds, matchers: text, by } of silences) {
      if (at !== second) continue
      const read = parseMatchers(text)
      if (!read.ok) throw new Error(`${text}: ${read.problem}`)
      const schedule = { kind: 'once', startsAt: now, endsAt: now + seconds * 1000 } as const
      const draft = { matchers: [...read.matchers], schedule, comment: 'known' }
      this.#fixture.call('silences.save', { draft, by, at: now })
    }
  }

  #connect(): void {
    this.#fixture.connect([...this.#offsets].map(([topic, end]) => ({ topic, end })))
  }

  /** As the main thread: plans once a second, and says which popups were shown. Updates are not listed. */
  #notify(): void {
    const { now } = this.#fixture
    for (const item of this.#newlyQueued()) this.#queued.set(`${item.alert.id} ${item.transition}`, item)
    this.#planner = withAlerts(this.#planner, this.#alerts(), now)
    let isDone = false
    while (!isDone) isDone = !this.#planOnce(now)
  }

  /** @returns whether it showed anything: then there may be more to do */
  #planOnce(now: number): boolean {
    const fixture = this.#fixture
    const onScreen = new Map([...this.#planner.popups].map(([tag, { popup }]) => [tag, popup.title]))
    const { state, plan } = planNotifications(this.#planner, this.#facts(now))
    this.#planner = state
    for (const tag of plan.withdraw) this.popups.push(`${sinceStart(now, startAt)} withdrawn ${onScreen.get(tag)}`)
    for (const popup of plan.show) {
      if (!popup.isUpdate) this.popups.push(`${sinceStart(now, startAt)} ${popup.title}`)
      this.#planner = popupShown(this.#planner, popup, now)
      for (const { alertId, transition } of popup.settles) this.#queued.delete(`${alertId} ${transition}`)
      fixture.call('notifications.settle', { shown: true, items: popup.settles })
    }
    for (const { alertId, transition } of plan.drop) this.#queued.delete(`${alertId} ${transition}`)
    fixture.call('notifications.settle', { shown: false, items: plan.drop })
    return plan.show.length > 0
  }

  #newlyQueued(): QueuedNotification[] {
    const all = this.#fixture.emittedOf('notifications.queued')
    const fresh = all.slice(this.#taken).flat()
    this.#taken = all.length
    return fresh
  }

  #facts(now: number): PlanFacts {
    const silences = silenceIndex(this.#fixture.call('silences.list', {}))
    const queued = [...this.#queued.values()].map((item) => ({ ...item, alert: this.#present(item.alert) }))
    return {
      health: { kind: 'live', behindMs: 0 },
      settings: planSettings(initialSettings),
      queued,
      doNotDisturb: disturbanceAllowed,
      isSilenced: (alert) => silences.isSilenced(alert, now),
      isUnseen: () => true,
      hidden: undefined,
      newestOf: () => undefined,
      now,
      firing: this.#fixture.call('alerts.list', { open: true }),
      clearLevelOf: () => undefined,
      timeOf: (at) => sinceStart(at, startAt),
    }
  }

  #present(alert: Alert): Alert {
    return this.#alerts().find(({ id }) => id === alert.id) ?? alert
  }

  #alerts(): readonly Alert[] {
    return [true, false].flatMap((open) => this.#fixture.call('alerts.list', { open }))
  }
}
