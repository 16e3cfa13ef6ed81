import type { LiveFrame, SeriesColumns } from '#shared/ipc/live-frame.ts'
import { oneBlockEach } from '../bridge/bridge-builders.ts'
import { extremeValue } from './preview-extremes.ts'
import { telegrafSeries } from './preview-telegraf.ts'

const metrics = ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic']
const greek = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta', 'Theta', 'Iota', 'Kappa', 'Lambda', 'Mu']

interface PreviewFleetOptions {
  readonly names?: 'roles' | 'numbers' | 'odd'
  readonly series?: number
}

/**
 * Simulated nodes, the same at every start. Node 2 is critical, 3 warns, 4 and 5 are pending, 6 is silent. In a larger
 * fleet 9 is offline, and every fortieth is silent.
 */
export class PreviewFleet {
  readonly nodes: ReadonlyArray<{ id: string; name: string }>
  readonly metrics: readonly string[]
  readonly units: readonly string[]
  readonly #telegraf: ReturnType<typeof telegrafSeries>
  /** Metrics in the order in which they first came: with Telegraf, those that follow from others come last. */
  readonly #listed: readonly number[]
  readonly startedAt = Date.now()
  readonly intervalMs: number
  /** The first node has extreme values. */
  extreme = false
  #seq = 0

  /**
   * `roles`: names such as `web-117`, otherwise `node-1`. `odd`: the first one reads from right to left. `series`: so many
   * of Telegraf for each node but the last.
   */
  constructor(count: number, intervalMs: number, { names = 'numbers', series = 0 }: PreviewFleetOptions = {}) {
    this.intervalMs = intervalMs
    this.#telegraf = telegrafSeries(series)
    this.metrics = [...metrics, 'gpu_temp', ...this.#telegraf.map(({ name }) => name)]
    this.units = ['', '', '', '', '°C', ...this.#telegraf.map(({ unit }) => unit)]
    const own = metrics.length + 1
    this.#listed = this.metrics.map((_, i) => (i + own) % this.metrics.length)
    this.nodes = Array.from({ length: count }, (_, i) => ({
      id: names === 'roles' ? roleName(i) : names === 'odd' && i === 0 ? '\u202egpj.nimda' : `node-${i + 1}`,
      name: `Server-${greek[i % greek.length] ?? ''}${i < greek.length ? '' : `-${Math.floor(i / greek.length)}`}`,
    }))
  }

  /** Number of the newest frame. */
  get seq(): number {
    return this.#seq - 1
  }

  get directory() {
    const listed = (all: readonly string[]) => this.#listed.map((i) => all[i] ?? '')
    const blocks = oneBlockEach(this.nodes.length, this.metrics.length)
    return { nodes: [...this.nodes], metrics: listed(this.metrics), units: listed(this.units), ...blocks }
  }

  isStale(node: number): boolean {
    return this.#silentMs(node) !== undefined
  }

  /** How long a node had been silent at the start. */
  #silentMs(node: number): number | undefined {
    if (node === 5 && this.nodes.length > 4) return 41_000
    if (node === 8) return 190_000
    return node > 20 && node % 40 === 21 ? 27_000 : undefined
  }

  value(node: number, metric: number, at: number): number {
    if (this.extreme && node === 0) return extremeValue(metric, at, this.startedAt)
    if (metric === 4 && node !== 0) return NaN
    if (metric > 4) return this.#telegrafValue(node, metric, at)
    const breach = this.#breach(node, metric, at)
    if (breach !== undefined) return breach
    const base =
      [25 + ((node * 37) % 40), 30 + ((node * 53) % 40), 12 + ((node * 29) % 60), 60 + ((node * 71) % 160), 61][
        metric
      ] ?? 0
    const wave = Math.sin(at / 240_000 + node) * 0.15 + Math.sin(at / 61_000 + node * metric) * 0.08
    const spike = hash(Math.floor(at / 1_800_000) * 31 + node) > 0.8 && (at / 1000) % 1800 < 12 ? 0.7 : 0
    return base * (1 + wave + spike + noise(node, metric, at) * 0.18)
  }

  #telegrafValue(node: number, metric: number, at: number): number {
    const series = this.#telegraf[metric - 5]
    if (!series || (node > 0 && node === this.nodes.length - 1)) return NaN
    const wave = Math.sin(at / 400_000 + metric) * 0.12 + Math.sin(at / 53_000 + node * metric) * 0.06
    return series.base * (1 + (wave + noise(node, metric, at) * 0.2) * series.swing)
  }

  /** The value of the series whose alert fires or is pending. */
  #breach(node: number, metric: number, at: number): number | undefined {
    const age = this.startedAt - at
    const wave = noise(node, metric, at)
    const series = `${node}/${metric}`
    if (series === '1/0') return age < 360_000 ? 96.5 + wave * 2 : 62 + wave * 12
    if (series === '2/0') return 86 + wave * 3
    if (series === '3/0' && age < 72_000) return 97.4 + wave
    if (series === '4/1' && age < 20_000) return 91 + wave
    return undefined
  }

  /** The newest values of all nodes. */
  snapshot(at: number): LiveFrame {
    return this.#frameOf(at, () => true)
  }

  /** The nodes that send, or a share of them in turn. */
  frame(at: number, share = 1): LiveFrame {
    const every = Math.max(1, Math.round(1 / share))
    return this.#frameOf(at, (node) => node % every === this.#seq % every && !this.isStale(node))
  }

  #frameOf(at: number, sends: (node: number) => boolean): LiveFrame {
    const seq = this.#seq
    const nodes = Uint32Array.from(this.nodes.map((_, i) => i).filter(sends))
    const width = this.metrics.length
    const values = new Float64Array(nodes.length * width)
    nodes.forEach((node, i) => {
      this.#listed.forEach((metric, place) => (values[i * width + place] = this.value(node, metric, at)))
    })
    const time = (node: number): number => {
      const silent = this.#silentMs(node)
      return Math.min(at - 150, silent === undefined ? Infinity : this.startedAt - silent)
    }
    this.#seq++
    return {
      seq,
      blocks: nodes,
      at: Float64Array.from(nodes, time),
      intervals: new Float64Array(nodes.length).fill(this.intervalMs),
      values,
    }
  }

  range(nodeId: string, names: readonly string[], span: { from: number; to: number; points: number }): SeriesColumns[] {
    const node = this.nodes.findIndex(({ id }) => id === nodeId)
    const step = Math.max(this.intervalMs, (span.to - span.from) / span.points)
    const end = Math.min(span.to, this.startedAt - (this.#silentMs(node) ?? -Infinity))
    const count = Math.max(0, Math.floor((end - span.from) / step))
    return names.map((metric) => {
      const m = this.metrics.indexOf(metric)
      const gap = (at: number): boolean =>
        node === 0 && m === 2 && at > this.startedAt - 500_000 && at < this.startedAt - 430_000
      const at = Float64Array.from({ length: count }, (_, i) => span.from + i * step)
      const last = at.map((time) => (gap(time) ? NaN : this.value(node, m, time)))
      const spread = step > this.intervalMs ? Math.min(0.5, step / 600_000) : 0
      return {
        metric,
        at,
        last,
        min: last.map((v) => v * (1 - spread * 0.5)),
        max: last.map((v, i) => v * (1 + spread * hash(i))),
      }
    })
  }
}

/** Of each ten: four web servers, three workers, and one each of three others. */
const roleOfTen = ['web', 'worker', 'web', 'worker', 'web', 'cache', 'web', 'worker', 'edge', 'db']

function roleName(node: number): string {
  return `${roleOfTen[node % 10] ?? ''}-${String(Math.floor(node / 10) * 4 + Math.floor((node % 10) / 2) + 1).padStart(3, '0')}`
}

function noise(node: number, metric: number, at: number): number {
  const t = at / 7000
  const cell = Math.floor(t)
  const seed = node * 97 + metric * 13
  const [a, b] = [hash(cell + seed * 1009), hash(cell + 1 + seed * 1009)]
  return a + (b - a) * (t - cell) - 0.5
}

/** A fraction from an integer: deterministic, without a visible pattern. */
function hash(n: number): number {
  const x = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d)
  return ((Math.imul(x ^ (x >>> 12), 0x297a2d39) ^ (x >>> 15)) >>> 0) / 0xffffffff
}
