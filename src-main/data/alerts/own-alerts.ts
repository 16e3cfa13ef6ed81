import { randomUUID } from 'node:crypto'
import { isOwnAlert, type OwnAlert, type OwnAlertKind } from '#shared/alert/alert.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { Health } from '#shared/health/health.ts'
import { noOwnState, type OwnState, stepOwn } from '#shared/own/own-alerts.ts'
import { type OwnAlertSettings, ownAlertSettings } from '#shared/own/own-settings.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import type { IngestPipeline } from '../ingest/ingest-pipeline.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import type { HealthMonitor } from '../live/health-monitor.ts'
import type { RunCounters } from '../live/run-counters.ts'
import type { OpenAlerts } from './open-alerts.ts'

export interface OwnAlertsDeps {
  readonly ingest: Pick<IngestPipeline, 'ownAlerts'>
  readonly evaluator: { readonly alerts: Pick<OpenAlerts, 'all'> }
  readonly health: Pick<HealthMonitor, 'health' | 'hasSamples'>
  readonly partitions: Pick<PartitionPositions, 'readingLag'>
  readonly counters: Pick<RunCounters, 'rejected'>
  /** Default: that of the settings. */
  readonly settings: OwnAlertSettings | undefined
}

interface Counted {
  readonly at: number
  readonly rejected: number
}

/**
 * What this console reports about itself, in the lists of alerts beside those of nodes. Only this console has them: they
 * are in its cache, and in no record of Kafka and no request to the backend.
 */
export class OwnAlerts {
  readonly #deps: OwnAlertsDeps
  #settings: OwnAlertSettings
  #state: OwnState = noOwnState
  #backendAwaySince: number | undefined
  /** Since when this computer is awake: before, nobody could see anything. Epoch ms. */
  #awakeSince = -Infinity
  /** The rejected records of this run, at the looks of the last minute. */
  #counted: readonly Counted[] = []

  constructor(deps: OwnAlertsDeps) {
    this.#deps = deps
    this.#settings = deps.settings ?? ownAlertSettings(initialSettings)
  }

  /** In force at the next look. */
  set(settings: OwnAlertSettings): void {
    this.#settings = settings
  }

  /** Since when the backend is unreachable, epoch ms; `null`: it answers, or this console uses none. */
  backendAway(since: number | null): void {
    this.#backendAwaySince = since ?? undefined
  }

  woke(now: number): void {
    this.#awakeSince = now
  }

  /** Once a second. What cannot be stored is found again at the next look. @throws StorageError */
  tick(now: number): void {
    const { ingest, partitions, health } = this.#deps
    this.#awakeSince = Math.min(this.#awakeSince, now)
    const known = health.health(now)
    const [next, changes] = stepOwn(this.#state, this.#open(), {
      now,
      settings: this.#settings,
      health: this.#sinceAwake(known),
      hasSamples: health.hasSamples,
      lag: isReading(known) ? partitions.readingLag(now) : undefined,
      rejectedPerMinute: this.#rejectedPerMinute(now),
      backendAwaySince: this.#backendAwaySince,
      newId: randomUUID,
    })
    if (changes.length > 0) ingest.ownAlerts(changes)
    // After what it led to is stored: otherwise the next look has to find it again.
    this.#state = next
  }

  #open(): ReadonlyMap<OwnAlertKind, OwnAlert> {
    return new Map(
      this.#deps.evaluator.alerts.all().flatMap((alert) => (isOwnAlert(alert) ? [[alert.kind, alert] as const] : [])),
    )
  }

  #sinceAwake(health: Health): Health {
    return health.kind === 'blind' ? { ...health, since: Math.max(health.since, this.#awakeSince) } : health
  }

  #rejectedPerMinute(now: number): number {
    const { rejected } = this.#deps.counters
    const recent = this.#counted.filter(({ at }) => at <= now && now - at <= minuteMs)
    this.#counted = [...recent, { at: now, rejected }]
    return rejected - (this.#counted[0]?.rejected ?? rejected)
  }
}

/** Without a connection, what is behind is unknown; so it is while nothing can be stored. */
function isReading(health: Health): boolean {
  return health.kind !== 'blind' || health.cause === 'no-records'
}
