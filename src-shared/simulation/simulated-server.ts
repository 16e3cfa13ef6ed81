import type { Metrics } from '../metric/message-text.ts'
import { uniform, autocorrelatedNoise } from './noise.ts'
import { plateaus, spikeAt, type Spike, type SpikePlan } from './spikes.ts'

export interface SimulatedServer {
  readonly seed: number
  /** Epoch ms from which spikes are counted. */
  readonly startedAt: number
  readonly spikes: SpikePlan
}

/** Traits that distinguish servers; all in [0, 1) except `shiftHours`. */
interface ServerProfile {
  readonly load: number
  readonly swing: number
  readonly memory: number
  readonly disk: number
  readonly network: number
  /** Shift of its day in hours: users live in different time zones. */
  readonly shiftHours: number
}

/** The values of a simulated server. */
export interface SimulatedSource {
  /** @param at time of the measurement, epoch ms */
  read(at: number): Metrics
}

/** A realistic server: busy by day, quiet by night, noisy, with occasional spikes. Pure in (seed, time). */
export function simulatedServer({ seed, startedAt, spikes }: SimulatedServer): SimulatedSource {
  const server = calmServer(seed)
  return { read: (at) => server.read(at, spikeAt(seed, spikes, (at - startedAt) / 1000)) }
}

/** A server whose spikes the caller gives. */
export function calmServer(seed: number): { read(at: number, spike: Spike | undefined): Metrics } {
  const profile = profileOf(seed)
  return { read: (at, spike) => metricsAt({ seed, profile }, at, spike) }
}

function profileOf(seed: number): ServerProfile {
  const trait = (n: number) => uniform(seed, 30, n)
  return {
    load: trait(0),
    swing: trait(1),
    memory: trait(2),
    disk: trait(3),
    network: trait(4),
    shiftHours: trait(5) * 4 - 2,
  }
}

function metricsAt(
  { seed, profile }: { readonly seed: number; readonly profile: ServerProfile },
  at: number,
  spike: Spike | undefined,
): Metrics {
  const seconds = at / 1000
  const noise = [0, 1, 2, 3].map((stream) => autocorrelatedNoise(seed, stream, seconds))
  const [n0, n1, n2, n3] = noise as [number, number, number, number]
  const day = dayCurve(seconds / 3600 + profile.shiftHours)
  const calm = {
    cpu_usage: clamp(0.5, 80, 10 + 20 * profile.load + (15 + 15 * profile.swing) * day + 4 * n0),
    memory_usage: clamp(5, 84, 35 + 20 * profile.memory + 8 * day + 1.5 * n1),
    disk_io: clamp(0, 120, (3 + 12 * profile.disk) * (0.4 + day) * Math.exp(0.4 * n2)),
    network_traffic: clamp(0, 400, (30 + 60 * profile.network) * (0.3 + day) * Math.exp(0.3 * n3)),
  }
  if (!spike) return calm
  const { kind, strength, plateau = plateaus[kind] } = spike
  const n = { cpu_usage: n0, memory_usage: n1, disk_io: n2, network_traffic: n3 }[kind]
  const top = clamp(plateau.low, plateau.high, plateau.mean + plateau.spread * n)
  return { ...calm, [kind]: calm[kind] + strength * (top - calm[kind]) }
}

/** 0 at night, 1 in the early afternoon, with a dip at noon. @param hours UTC */
function dayCurve(hours: number): number {
  const angle = (2 * Math.PI * (hours - 3)) / 24
  return clamp(0, 1, 0.5 - 0.46 * Math.cos(angle) - 0.06 * Math.cos(3 * angle))
}

function clamp(low: number, high: number, value: number): number {
  return Math.min(high, Math.max(low, value))
}
