import { SleepWatch } from '#shared/health/sleep-watch.ts'
import type { Log } from '#shared/log.ts'
import type { Away } from './alerts/away.ts'
import type { DueAlerts } from './alerts/due-alerts.ts'
import type { OwnAlerts } from './alerts/own-alerts.ts'
import type { SilenceNotices } from './alerts/silence-notices.ts'
import type { PendingAlerts } from './alerts/pending-alerts.ts'
import type { SeriesEvaluator } from './alerts/series-evaluator.ts'
import type { CacheMaintenance } from './cache-maintenance.ts'
import type { IngestPipeline } from './ingest/ingest-pipeline.ts'
import type { PartitionPositions } from './ingest/partition-positions.ts'
import type { BlindRecorder } from './live/blind-recorder.ts'
import type { BrokerClock } from './live/broker-clock.ts'
import type { HealthMonitor } from './live/health-monitor.ts'
import type { NodeClocks } from './live/node-clocks.ts'
import type { StorageMonitor } from './storage-monitor.ts'

const tickMs = 1000

export interface EngineClockDeps {
  readonly ingest: IngestPipeline
  readonly evaluator: SeriesEvaluator
  readonly partitions: PartitionPositions
  readonly health: HealthMonitor
  readonly blind: BlindRecorder
  readonly nodeClocks: NodeClocks
  readonly brokerClock: BrokerClock
  readonly storage: StorageMonitor
  readonly maintenance: CacheMaintenance
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
  readonly publishHealth: () => void
  /** After sleep, connections may be dead without an error. */
  readonly reconnect: () => void
  readonly network: { readonly tick: () => void } | undefined
  readonly pending: Pick<PendingAlerts, 'tick'>
  readonly dueAlerts: DueAlerts
  readonly notices: Pick<SilenceNotices, 'tick'>
  readonly own: Pick<OwnAlerts, 'tick' | 'woke'>
  readonly away: Pick<Away, 'sleep' | 'wake' | 'tick' | 'stop'>
}

/**
 * The work that no record triggers, once a second: missing data, ends of acknowledgements and silences, pending episodes,
 * cache maintenance and health.
 */
export class EngineClock {
  readonly #deps: EngineClockDeps
  readonly #sleep: SleepWatch
  #lastTick: number
  #timer: NodeJS.Timeout | undefined

  constructor(deps: EngineClockDeps) {
    this.#deps = deps
    this.#lastTick = deps.now()
    this.#sleep = new SleepWatch(this.#lastTick)
  }

  start(): void {
    this.#recordBlind((blind) => blind.start(this.#deps.now()))
    this.#timer = setInterval(() => this.tick(), tickMs)
  }

  stop(): void {
    this.#followPresence((away) => away.stop())
    clearInterval(this.#timer)
    this.#recordBlind((blind) => blind.stop(this.#deps.now()))
  }

  /** The computer is about to sleep. From here on nothing is known of the nodes. */
  suspend(): void {
    this.#sleep.suspend()
    this.#followPresence((away) => away.sleep())
    this.#deps.partitions.clearLogRanges()
  }

  /** The computer has woken up. */
  resume(): void {
    if (this.#sleep.resume(this.#deps.now())) this.#woke()
  }

  tick(): void {
    const { maintenance, publishHealth, network, storage } = this.#deps
    const now = this.#deps.now()
    if (now < this.#lastTick) this.#clockSetBack(now)
    this.#lastTick = now
    if (this.#sleep.tick(now, storage.takeWritingMs())) this.#woke()
    network?.tick()
    this.#evaluateNoData(now)
    this.#alertsDue(now)
    this.#publishPending()
    this.#recordBlind((blind) => blind.tick(this.#deps.health.health(now), now))
    this.#reportOwn(now)
    this.#followPresence((away) => away.tick())
    maintenance.tick()
    publishHealth()
  }

  /** Ends of acknowledgements, silences and their notices. What cannot be stored is due again in the next second. */
  #alertsDue(now: number): void {
    const { ingest, dueAlerts, notices, storage, log } = this.#deps
    try {
      // Nothing is written without need: a write that succeeds says that the disk works.
      const due = dueAlerts.due(now)
      if (due.length > 0) storage.write(() => ingest.alertsDue(dueAlerts, due))
      notices.tick(now)
    } catch (cause) {
      log.warn('the ends of acknowledgements and silences cannot be stored', { cause })
    }
  }

  /** A disk that refuses it stays a problem of what reads records: the next tick tries again. */
  #recordBlind(record: (blind: BlindRecorder) => void): void {
    try {
      record(this.#deps.blind)
    } catch (cause) {
      this.#deps.log.warn('blindness is not recorded', { cause })
    }
  }

  /**
   * Not by the storage monitor, as with blindness: a small write that succeeds does not say that records can be stored.
   * While the computer falls asleep, nothing is known.
   */
  #reportOwn(now: number): void {
    if (this.#sleep.isSuspended) return
    try {
      this.#deps.own.tick(now)
    } catch (cause) {
      this.#deps.log.warn('alerts about this console cannot be stored', { cause })
    }
  }

  /** As with blindness: a full disk stops nothing else. */
  #followPresence(follow: (away: EngineClockDeps['away']) => void): void {
    try {
      follow(this.#deps.away)
    } catch (cause) {
      this.#deps.log.warn('presence is not recorded', { cause })
    }
  }

  /** What the log was known to hold is old, and the connections may be dead. */
  #woke(): void {
    const { partitions, log, reconnect, own, now } = this.#deps
    log.info('the computer woke up')
    partitions.clearLogRanges()
    own.woke(now())
    this.#followPresence((away) => away.wake())
    reconnect()
  }

  /** A list that cannot be made stays as it was: nothing else depends on it. */
  #publishPending(): void {
    try {
      this.#deps.pending.tick()
    } catch (cause) {
      this.#deps.log.error('pending alerts cannot be listed', { cause })
    }
  }

  /** Discards arrival times: after the clock was set back they lie in the future and are useless as ages. */
  #clockSetBack(now: number): void {
    const { partitions, evaluator, health, nodeClocks, brokerClock } = this.#deps
    partitions.clearLogRanges()
    nodeClocks.clear()
    brokerClock.clear()
    evaluator.clearArrivalTimes()
    health.clockSetBack(now)
  }

  /**
   * Looks for missing data up to the point where the log is known, not up to the clock. While the console is blind,
   * behind or asleep, it knows nothing about its nodes.
   */
  #evaluateNoData(now: number): void {
    const { ingest, partitions, health, storage, log } = this.#deps
    const askedAt = partitions.caughtUpAt()
    if (this.#sleep.isSuspended || askedAt === undefined || health.health(now).kind !== 'live') return
    const knownUntil = Math.max(askedAt, health.lastRecordAt ?? 0)
    try {
      storage.write(() => ingest.evaluateAt(knownUntil))
    } catch (cause) {
      log.warn('no-data evaluation failed', { cause })
    }
  }
}
