import type { Metrics } from '../message.ts'
import { uniform, autocorrelatedNoise } from './noise.ts'
import type { MetricSource } from './metric-source.ts'
import { spikeAt, type SpikePlan } from './spikes.ts'

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

/** A realistic server: busy by day, quiet by night, noisy, with occasional spikes. Pure in (seed, time). */
export function simulatedServer(server: SimulatedServer): MetricSource {
  const profile = profileOf(server.seed)
  return { read: (at) => metricsAt(server, profile, at) }
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

function metricsAt({ seed, startedAt, spikes }: SimulatedServer, profile: ServerProfile, at: number): Metrics {
  const seconds = at / 1000
  const [n0, n1, n2, n3] = [0, 1, 2, 3].map((stream) => autocorrelatedNoise(seed, stream, seconds)) as [
    number,
    number,
    number,
    number,
  ]
  const day = dayCurve(seconds / 3600 + profile.shiftHours)
  const calm = {
    cpu_usage: clamp(0.5, 80, 10 + 20 * profile.load + (15 + 15 * profile.swing) * day + 4 * n0),
    memory_usage: clamp(5, 84, 35 + 20 * profile.memory + 8 * day + 1.5 * n1),
    disk_io: clamp(0, 120, (3 + 12 * profile.disk) * (0.4 + day) * Math.exp(0.4 * n2)),
    network_traffic: clamp(0, 400, (30 + 60 * profile.network) * (0.3 + day) * Math.exp(0.3 * n3)),
  }
  const spike = spikeAt(seed, spikes, (at - startedAt) / 1000)
  if (!spike) return calm
  // Plateaus stay above the levels of the stock rules (95 % CPU, 90 % memory) for their whole length.
  const plateau = {
    cpu_usage: clamp(95.5, 100, 97.6 + 0.7 * n0),
    memory_usage: clamp(90.8, 97.5, 93.5 + 0.8 * n1),
    disk_io: clamp(150, 400, 260 + 25 * n2),
    network_traffic: clamp(500, 950, 720 + 45 * n3),
  }
  const { kind, strength } = spike
  return { ...calm, [kind]: calm[kind] + strength * (plateau[kind] - calm[kind]) }
}

/** 0 at night, 1 in the early afternoon, with a dip at noon. @param hours UTC */
function dayCurve(hours: number): number {
  const angle = (2 * Math.PI * (hours - 3)) / 24
  return clamp(0, 1, 0.5 - 0.46 * Math.cos(angle) - 0.06 * Math.cos(3 * angle))
}

function clamp(low: number, high: number, value: number): number {
  return Math.min(high, Math.max(low, value))
}
