import { formatDuration } from '../format/duration.ts'
import { minuteMs, secondMs } from '../format/time-units.ts'

/** More than this is shown. Ages and times of silence are whole seconds, and stale begins at 15 s. */
const shownAboveMs = 5 * secondMs
/** Below this it is right again. Between the two, what was shown stays. */
const rightBelowMs = 3 * secondMs
/** So many readings in a row must agree, so that one slow answer shows nothing. */
const agreeing = 3
/** The text keeps its number until it is wrong by more than this, or by a tenth. */
const textStepMs = 2 * secondMs
/** Without readings for this long, nothing is known any more. */
const forgetAfterMs = 5 * minuteMs

/** So many nodes, and two in three of them, must agree within this time: one of them may be wrong. */
const leastNodes = 3
const nodesAgreeMs = 2 * secondMs

/**
 * What the clock of this computer was compared with, the most certain first: an answer of Kafka, records that a broker
 * stamped, or records that most nodes stamped. Records may be delayed.
 */
export const clockSources = ['answer', 'append', 'nodes'] as const
export type ClockSource = (typeof clockSources)[number]

/** The clock of this computer compared with another one. */
export interface ClockReading {
  /** How far this computer is ahead, ms; negative: behind. */
  readonly skewMs: number
  /** How much it may be wrong, ms. */
  readonly uncertaintyMs: number
  /** When it was read: epoch ms of this computer's clock. */
  readonly at: number
  readonly source: ClockSource
}

/** What several readings say. `shownMs`: the skew that the operator sees; `undefined` while there is none. */
export interface ClockSkew {
  readonly shownMs: number | undefined
  /** Readings in a row that say the opposite of what is shown. */
  readonly against: number
  readonly at: number
  /** Of the newest reading. */
  readonly source: ClockSource
}

export const noSkew: ClockSkew = { shownMs: undefined, against: 0, at: -Infinity, source: 'answer' }

/**
 * A question to Kafka and its answer.
 * @param sentAt and `receivedAt`: epoch ms of this computer
 * @param brokerTime epoch ms of Kafka's clock, at some time in between
 */
export function readingOfAnswer(sentAt: number, receivedAt: number, brokerTime: number): ClockReading {
  const half = Math.max(0, receivedAt - sentAt) / 2
  return { skewMs: sentAt + half - brokerTime, uncertaintyMs: half, at: receivedAt, source: 'answer' }
}

/**
 * A record that a broker stamped when it appended it, read as soon as it was there.
 * @param delayMs the longest time that such a record takes to arrive
 */
export function readingOfAppend(appendedAt: number, receivedAt: number, delayMs: number): ClockReading {
  const half = delayMs / 2
  return { skewMs: receivedAt - appendedAt - half, uncertaintyMs: half, at: receivedAt, source: 'append' }
}

/**
 * Records that nodes stamped when they sent them.
 * @param aheadMs for each node, how much later than its stamp its fastest record arrived
 * @param at epoch ms
 * @param delayMs the longest time that such a record takes to arrive
 * @returns `undefined` if there are too few nodes, or they do not agree
 */
export function readingOfNodes(aheadMs: readonly number[], at: number, delayMs: number): ClockReading | undefined {
  const sorted = aheadMs.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >> 1]
  if (median === undefined || sorted.length < leastNodes) return undefined
  const agree = sorted.filter((ms) => Math.abs(ms - median) <= nodesAgreeMs).length
  if (agree * 3 < sorted.length * 2) return undefined
  return { skewMs: median - delayMs / 2, uncertaintyMs: delayMs / 2, at, source: 'nodes' }
}

/** The next state. What is shown begins and ends only after several readings agree: no flapping around a limit. */
export function withReading(before: ClockSkew, reading: ClockReading): ClockSkew {
  const { at, source } = reading
  const { shownMs, against } = isForgotten(before, at) ? noSkew : before
  const verdict = verdictOf(reading)
  const isAgainst = verdict === (shownMs === undefined ? 'wrong' : 'right')
  if (!isAgainst)
    return { shownMs: shownMs === undefined ? undefined : shownAs(shownMs, reading), against: 0, at, source }
  if (against + 1 < agreeing) return { shownMs, against: against + 1, at, source }
  return { shownMs: shownMs === undefined ? reading.skewMs : undefined, against: 0, at, source }
}

/** `unclear`: between the limits, or an answer that took too long to tell. */
function verdictOf({ skewMs, uncertaintyMs }: ClockReading): 'wrong' | 'right' | 'unclear' {
  const size = Math.abs(skewMs)
  if (size - uncertaintyMs > shownAboveMs) return 'wrong'
  return size + uncertaintyMs < rightBelowMs ? 'right' : 'unclear'
}

/** Forgets what was read long ago, or at a time that this clock has not reached. `now`: epoch ms. */
export function skewAt(skew: ClockSkew, now: number): number | undefined {
  return isForgotten(skew, now) ? undefined : skew.shownMs
}

/** For the operator: which clock, how much, in which direction, and what to do. `skewMs`: as `skewAt` returns it. */
export function clockSkewText(skewMs: number, source: ClockSource): string {
  const size = formatDuration(Math.abs(skewMs))
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  const [other, advice] =
    source === 'nodes' ? ['those of most nodes', 'Set it right'] : ['the clock of Kafka', 'Set the wrong one right']
  return `The clock of this computer is ${size} ${direction} ${other}. ${advice}: ages of values depend on it, and when a node counts as silent.`
}

function isForgotten({ at }: ClockSkew, now: number): boolean {
  return now - at > forgetAfterMs || at > now + minuteMs
}

/** The new number only if the old one is wrong by much: the notice must not count up and down. */
function shownAs(shownMs: number, { skewMs, uncertaintyMs }: ClockReading): number {
  const stepMs = Math.max(textStepMs, Math.abs(shownMs) / 10) + uncertaintyMs
  return Math.abs(shownMs - skewMs) <= stepMs ? shownMs : skewMs
}
