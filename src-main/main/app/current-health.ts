import type { Health } from '#shared/health/health.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { ThreadState } from '../../threads/supervisor.ts'

export type Notice = HealthReport['notices'][number]

/**
 * The health report that window, tray and notifications show. It is the data thread's report. While that thread is
 * down or does not answer, its last counters stay and the health is blind. Notices of the main thread are added.
 */
export class CurrentHealth {
  readonly #listeners = new Set<(report: HealthReport) => void>()
  readonly #notices = new Map<string, Notice>()
  #fromData: HealthReport
  #threadDown: Health | null = null
  /** Why the data thread is down, if the operator can act on it. */
  #downNotice: Notice | null = null
  /** Since when the data thread does not answer, epoch ms. */
  #unansweredSince: number | null = null
  /** After sleep, until the data thread reports what is true now. */
  #woken: Extract<Health, { kind: 'blind' }> | null = null

  /** The console is blind until the first report. `now`: epoch ms of the start. */
  constructor(now: number, detail = 'ReMo is starting.') {
    this.#fromData = nothingKnown({ kind: 'blind', since: now, cause: 'connecting', detail })
  }

  get report(): HealthReport {
    return {
      ...this.#fromData,
      health: this.#threadDown ?? this.#woken ?? this.#unanswered() ?? this.#fromData.health,
      notices: [...this.#fromData.notices, ...this.#notices.values(), ...(this.#downNotice ? [this.#downNotice] : [])],
    }
  }

  onChange(listener: (report: HealthReport) => void): void {
    this.#listeners.add(listener)
  }

  /** A report of the data thread. It proves that the thread runs. */
  setReport(report: HealthReport): void {
    this.#fromData = report
    this.#threadDown = null
    this.#downNotice = null
    this.#unansweredSince = null
    if (this.#woken && report.at >= this.#woken.since) this.#woken = null
    this.#changed()
  }

  /** The console stays blind while the thread restarts, until its first report. */
  setThreadState(state: ThreadState): void {
    if (state.kind !== 'down') return
    const since = this.report.health.kind === 'blind' ? this.report.health.since : state.since
    const detail = downText(state.detail)
    this.#threadDown = { kind: 'blind', since, cause: 'data-thread', detail, retryAt: state.retryAt }
    // Without a report of the data thread, the page shows no detail of the health. A notice is always shown.
    this.#downNotice = isSentence(state.detail) ? { id: 'data-thread', severity: 'critical', text: detail } : null
    this.#changed()
  }

  /** The data thread runs and has not answered since this time (epoch ms). Its next report ends that. */
  setUnanswered(since: number): void {
    this.#unansweredSince = since
    this.#changed()
  }

  /** The computer woke up: every report from before is void. `now`: epoch ms. */
  resumed(now: number): void {
    const detail = 'This computer woke up. ReMo is connecting to Kafka.'
    this.#woken = { kind: 'blind', since: now, cause: 'connecting', detail }
    this.#changed()
  }

  /** Adds a notice, or replaces the one with the same id. */
  addNotice(notice: Notice): void {
    this.#notices.set(notice.id, notice)
    this.#changed()
  }

  clearNotice(id: string): void {
    if (this.#notices.delete(id)) this.#changed()
  }

  /** A console that was blind already stays so for its own reason. */
  #unanswered(): Health | null {
    if (this.#unansweredSince === null || this.#fromData.health.kind === 'blind') return null
    return { kind: 'blind', since: this.#unansweredSince, cause: 'data-thread', detail: noAnswer }
  }

  #changed(): void {
    const report = this.report
    for (const listener of this.#listeners) listener(report)
  }
}

const noAnswer = 'The Kafka reader does not answer: the disk or this computer may be too slow.'

/** Errors that an operator can act on are sentences, such as about a cache that is open elsewhere. */
function isSentence(detail: string): boolean {
  return detail.endsWith('.')
}

function downText(detail: string): string {
  if (isSentence(detail)) return `${detail} ReMo keeps trying.`
  return `The data thread stopped (${detail}). ReMo is restarting it.`
}

function nothingKnown(health: Health): HealthReport {
  return {
    health,
    at: 0,
    frame: 0,
    messagesPerSecond: 0,
    valuesLastMinute: 0,
    lagMessages: 0,
    lastSampleAt: null,
    topics: 0,
    partitions: 0,
    silentNodes: 0,
    rejected: 0,
    gaps: 0,
    cacheBytes: 0,
    cacheDiskBytes: 0,
    cacheValues: 0,
    notices: [],
  }
}
