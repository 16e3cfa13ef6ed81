import { disturbanceAllowed } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Alert } from '#shared/alert/alert.ts'
import {
  type NotificationContext,
  planNotifications,
  refreshedPopup,
  type ShownPopup,
} from '#shared/notification/plan-notifications.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
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
  readonly #shown = new Map<string, ShownPopup>()
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

  /** As the main thread: plans once a second, and says which popups were shown. */
  #notify(): void {
    const { fixture, now } = { fixture: this.#fixture, now: this.#fixture.now }
    for (const item of this.#newlyQueued()) this.#queued.set(`${item.alert.id} ${item.transition}`, item)
    const context = this.#context(now)
    for (const [tag, shown] of this.#shown) {
      const items = shown.items.map((item) => ({ ...item, alert: this.#present(item.alert) }))
      const popup = refreshedPopup({ ...shown, items }, context)
      if (popup) this.#shown.set(tag, { popup, items })
      else {
        this.#shown.delete(tag)
        this.popups.push(`${sinceStart(now, startAt)} withdrawn ${shown.popup.title}`)
      }
    }
    const queued = [...this.#queued.values()].map((item) => ({ ...item, alert: this.#present(item.alert) }))
    const { show, drop } = planNotifications(queued, context)
    for (const popup of show) {
      this.popups.push(`${sinceStart(now, startAt)} ${popup.title}`)
      const keys = new Set(popup.settles.map(({ alertId, transition }) => `${alertId} ${transition}`))
      const items = queued.filter(({ alert, transition }) => keys.has(`${alert.id} ${transition}`))
      this.#shown.set(popup.tag, { popup, items })
      for (const key of keys) this.#queued.delete(key)
      fixture.call('notifications.settle', { shown: true, items: popup.settles })
    }
    for (const { alertId, transition } of drop) this.#queued.delete(`${alertId} ${transition}`)
    fixture.call('notifications.settle', { shown: false, items: drop })
  }

  #newlyQueued(): QueuedNotification[] {
    const all = this.#fixture.emittedOf('notifications.queued')
    const fresh = all.slice(this.#taken).flat()
    this.#taken = all.length
    return fresh
  }

  #context(now: number): NotificationContext {
    const silences = silenceIndex(this.#fixture.call('silences.list', {}))
    return {
      health: { kind: 'live', behindMs: 0 },
      awayDigest: false,
      doNotDisturb: disturbanceAllowed,
      isSilenced: (alert) => silences.isSilenced(alert, now),
      shownLastMinute: 0,
      now,
      firing: this.#fixture.call('alerts.list', { open: true }),
      isSummaryShown: this.#shown.has('summary'),
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
