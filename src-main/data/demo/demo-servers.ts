import { messageText, type Metrics } from '#shared/metric/message-text.ts'
import { autocorrelatedNoise, uniform } from '#shared/simulation/noise.ts'
import { calmServer } from '#shared/simulation/simulated-server.ts'
import { strengthAt, type Plateau, type Spike, type SpikeKind } from '#shared/simulation/spikes.ts'
import { dayMs, hourMs, secondMs } from '#shared/format/time-units.ts'

/** The history that the demo begins with: charts, alerts and previews of thresholds are full from the start. */
export const demoHistoryMs = hourMs

/** Happens `from` seconds after the start of the demo, for `seconds`, and again `every` so many seconds. */
interface Period {
  /** Negative: in the history. */
  readonly from: number
  readonly seconds: number
  readonly every: number
}

interface Episode extends Period {
  readonly kind: SpikeKind
  /** Default: above the critical level of the stock rule for CPU, above the warning level of that for memory. */
  readonly plateau?: Plateau
}

/** A metric beside the four that every server sends. */
interface ExtraMetric {
  readonly name: string
  readonly unit: string
  /** @param at epoch ms */
  readonly valueAt: (at: number, seed: number) => number
}

interface DemoServerPlan {
  readonly id: string
  readonly name: string
  readonly intervalMs: number
  readonly episodes?: readonly Episode[]
  /** While it sends nothing. */
  readonly silence?: Period
  readonly extra?: ExtraMetric
}

/** Above the warning level of the stock rule for CPU (85 %), and below the critical one (95 %). */
const busy: Plateau = { low: 87, high: 93.5, mean: 90, spread: 0.8 }

const diskUsed: ExtraMetric = {
  name: 'disk_used',
  unit: '%',
  valueAt: (at, seed) => 50 + 20 * uniform(seed, 40, 0) + (8 * (at % dayMs)) / dayMs,
}
const queueLength: ExtraMetric = {
  name: 'queue_length',
  unit: '',
  valueAt: (at, seed) => Math.max(0, Math.round(40 + 14 * autocorrelatedNoise(seed, 41, at / secondMs))),
}

/**
 * What happens in the demo, so that every page shows something. The stock rules alert after two minutes:
 *
 * | server   | what                                              | alert                                      |
 * |----------|---------------------------------------------------|--------------------------------------------|
 * | api-2    | CPU at 97 % for five minutes, every fifteen       | critical, first 2 min 20 s after the start |
 * | db-2     | CPU at 90 %, then at 97 %                         | a warning that escalates                   |
 * | db-1     | memory at 93 % for forty minutes of each hour     | warning, at the start it fires             |
 * | mail-1   | CPU at 90 % for half an hour, every hour          | warning, acknowledged by a colleague       |
 * | web-3    | CPU at 90 % for 80 s, every five minutes          | pending, never an alert                    |
 * | backup-1 | sends nothing for four minutes, every twenty-five | offline, critical                          |
 */
const plans: readonly DemoServerPlan[] = [
  { id: 'web-1', name: 'Web 1', intervalMs: 2000 },
  { id: 'web-2', name: 'Web 2', intervalMs: 2000 },
  {
    id: 'web-3',
    name: 'Web 3',
    intervalMs: 2000,
    episodes: [{ kind: 'cpu_usage', from: -3540, seconds: 80, every: 300, plateau: busy }],
  },
  { id: 'api-1', name: 'API 1', intervalMs: 2500 },
  {
    id: 'api-2',
    name: 'API 2',
    intervalMs: 2500,
    episodes: [{ kind: 'cpu_usage', from: -2685, seconds: 300, every: 900 }],
  },
  {
    id: 'db-1',
    name: 'Database 1',
    intervalMs: 3000,
    episodes: [{ kind: 'memory_usage', from: -1500, seconds: 2400, every: 3600 }],
    extra: diskUsed,
  },
  {
    id: 'db-2',
    name: 'Database 2',
    intervalMs: 3000,
    episodes: [
      { kind: 'cpu_usage', from: -1800, seconds: 440, every: 2400, plateau: busy },
      { kind: 'cpu_usage', from: -1600, seconds: 240, every: 2400 },
    ],
    extra: diskUsed,
  },
  { id: 'cache-1', name: 'Cache 1', intervalMs: 2000 },
  {
    id: 'queue-1',
    name: 'Queue 1',
    intervalMs: 4000,
    episodes: [{ kind: 'network_traffic', from: -3000, seconds: 240, every: 1200 }],
    extra: queueLength,
  },
  {
    id: 'mail-1',
    name: 'Mail 1',
    intervalMs: 4000,
    episodes: [{ kind: 'cpu_usage', from: -700, seconds: 1800, every: 3600, plateau: busy }],
  },
  {
    id: 'backup-1',
    name: 'Backup 1',
    intervalMs: 5000,
    episodes: [{ kind: 'disk_io', from: -2400, seconds: 600, every: 2100 }],
    silence: { from: -1140, seconds: 240, every: 1500 },
  },
  { id: 'build-1', name: 'Build 1', intervalMs: 5000 },
]

/** Record n of a server comes so many ms after its place in the interval, at most: real intervals are not exact. */
const jitterMs = 180

/**
 * One simulated server, as a pure function of its seed, the start of the demo and the time. Its records are numbered
 * from the start of the history on; a number without a record is one that the silent server did not send.
 */
export class DemoServer {
  readonly id: string
  readonly #plan: DemoServerPlan
  readonly #seed: number
  readonly #startedAt: number
  readonly #firstAt: number
  readonly #source: ReturnType<typeof calmServer>

  constructor(plan: DemoServerPlan, seed: number, startedAt: number) {
    this.id = plan.id
    this.#plan = plan
    this.#seed = seed
    this.#startedAt = startedAt
    this.#firstAt = startedAt - demoHistoryMs + Math.floor(uniform(seed, 42, 0) * plan.intervalMs)
    this.#source = calmServer(seed)
  }

  /** Event time of record n, epoch ms. */
  timeOf(n: number): number {
    return this.#firstAt + n * this.#plan.intervalMs + Math.floor(uniform(this.#seed, 43, n) * jitterMs)
  }

  /** Number of the first record after `at` (epoch ms). */
  firstAfter(at: number): number {
    const n = Math.max(0, Math.floor((at - this.#firstAt) / this.#plan.intervalMs))
    return this.timeOf(n) > at ? n : n + 1
  }

  isSilent(at: number): boolean {
    const { silence } = this.#plan
    return silence !== undefined && within(silence, this.#elapsed(at)) !== undefined
  }

  /**
   * The message of the moment `at`.
   * @param timestamp event time that the message says, epoch ms
   */
  message(at: number, timestamp: number): string {
    const { id, name, extra } = this.#plan
    const content = { id, name, timestamp: new Date(timestamp).toISOString(), metrics: this.#metrics(at) }
    return messageText(extra?.unit ? { ...content, units: { [extra.name]: extra.unit } } : content)
  }

  /** Of several episodes at once, each metric has its highest value. */
  #metrics(at: number): Metrics {
    const { episodes = [], extra } = this.#plan
    const spikes = episodes.flatMap((episode) => spikeOf(episode, this.#elapsed(at)) ?? [])
    const values: Record<string, number> = { ...this.#source.read(at, undefined) }
    for (const spike of spikes) {
      values[spike.kind] = Math.max(values[spike.kind] ?? 0, this.#source.read(at, spike)[spike.kind] ?? 0)
    }
    return extra ? { ...values, [extra.name]: extra.valueAt(at, this.#seed) } : values
  }

  #elapsed(at: number): number {
    return (at - this.#startedAt) / secondMs
  }
}

/**
 * The twelve servers of a demo.
 * @param startedAt epoch ms: their history begins an hour before
 */
export function demoServers({ seed, startedAt }: { readonly seed: number; readonly startedAt: number }): DemoServer[] {
  return plans.map((plan, index) => new DemoServer(plan, seed * plans.length + index, startedAt))
}

/** Seconds since the period began; `undefined` outside. */
function within({ from, seconds, every }: Period, elapsed: number): number | undefined {
  if (elapsed < from) return undefined
  const since = (elapsed - from) % every
  return since < seconds ? since : undefined
}

function spikeOf(episode: Episode, elapsed: number): Spike | undefined {
  const { kind, plateau, seconds } = episode
  const since = within(episode, elapsed)
  if (since === undefined) return undefined
  return { kind, strength: strengthAt(since, seconds), ...(plateau === undefined ? {} : { plateau }) }
}
