import { uniform } from './noise.ts'

export const spikeKinds = ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic'] as const
export type SpikeKind = (typeof spikeKinds)[number]

/** Values on top of a spike: normal noise around the mean, within the bounds. */
export interface Plateau {
  readonly low: number
  readonly high: number
  readonly mean: number
  /** Standard deviation. */
  readonly spread: number
}

/** They stay above the levels of the stock rules (95 % CPU, 90 % memory) for their whole length. */
export const plateaus: Readonly<Record<SpikeKind, Plateau>> = {
  cpu_usage: { low: 95.5, high: 100, mean: 97.6, spread: 0.7 },
  memory_usage: { low: 90.8, high: 97.5, mean: 93.5, spread: 0.8 },
  disk_io: { low: 150, high: 400, mean: 260, spread: 25 },
  network_traffic: { low: 500, high: 950, mean: 720, spread: 45 },
}

export interface SpikePlan {
  /** Each cycle of this length has one spike. */
  readonly cycleSeconds: number
  /** The first spike begins 20 to 40 s after the start, so that new users see one soon. */
  readonly early: boolean
}

export interface Spike {
  readonly kind: SpikeKind
  /** 0 outside, 1 on the plateau, between 0 and 1 on its flanks. */
  readonly strength: number
  /** Default: that of the metric in `plateaus`. */
  readonly plateau?: Plateau
}

const riseSeconds = 6
const fallSeconds = 12
/** Longer than the two minutes of the stock rules. */
const shortestPlateauSeconds = 160
const longestPlateauSeconds = 220
const longestSeconds = riseSeconds + longestPlateauSeconds + fallSeconds
const startStream = 20
const lengthStream = 21

/** A demo server: one spike every twelve minutes, the first one early. */
export const demoPlan: SpikePlan = { cycleSeconds: 720, early: true }

/** A server of a fleet: about one spike per minute begins in the whole fleet. */
export function fleetPlan(nodes: number): SpikePlan {
  return { cycleSeconds: Math.max(demoPlan.cycleSeconds, nodes * 60), early: false }
}

/**
 * The spike at a moment. Its metric rotates with each spike and each seed: of the servers with seeds 1 to 4, number 2
 * begins with CPU and number 3 with memory.
 */
export function spikeAt(seed: number, plan: SpikePlan, elapsedSeconds: number): Spike | undefined {
  const cycle = Math.floor(elapsedSeconds / plan.cycleSeconds)
  if (cycle < 0) return undefined
  const since = elapsedSeconds - cycle * plan.cycleSeconds - startWithin(seed, plan, cycle)
  const plateau =
    shortestPlateauSeconds + uniform(seed, lengthStream, cycle) * (longestPlateauSeconds - shortestPlateauSeconds)
  const strength = strengthAt(since, riseSeconds + plateau + fallSeconds)
  const kind = spikeKinds[(seed + cycle + 2) % spikeKinds.length]
  return strength > 0 && kind ? { kind, strength } : undefined
}

/**
 * Strength of a spike with its flanks: it rises for 6 s and falls for 12 s.
 * @param since seconds since it began
 * @param length its length in seconds
 * @returns not positive outside
 */
export function strengthAt(since: number, length: number): number {
  return Math.min(1, since / riseSeconds, (length - since) / fallSeconds)
}

function startWithin(seed: number, plan: SpikePlan, cycle: number): number {
  const random = uniform(seed, startStream, cycle)
  return plan.early && cycle === 0 ? 20 + 20 * random : random * (plan.cycleSeconds - longestSeconds)
}
