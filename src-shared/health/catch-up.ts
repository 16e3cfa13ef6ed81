/** Where reading stood at a time. */
export interface ReadPoint {
  /** Epoch ms. */
  readonly at: number
  /** Messages read since any fixed time. */
  readonly read: number
  readonly lagMessages: number
}

/** How fast a backlog is read. */
export interface CatchUpProgress {
  readonly messagesPerSecond: number
  /** Absent while the backlog does not shrink: messages arrive at least as fast as they are read. */
  readonly leftMs?: number
}

/** Points are kept for this long. A longer time would show a rate that has passed. */
const windowMs = 10_000
/** A rate over less than this would jump. */
const shortestMs = 2000

/** Adds a point, and drops those that are too old. At most one a second. */
export function withPoint(points: readonly ReadPoint[], point: ReadPoint): readonly ReadPoint[] {
  const last = points.at(-1)
  if (last !== undefined && point.at - last.at < 1000) return points
  return [...points.filter(({ at }) => point.at - at <= windowMs), point]
}

/**
 * Rate and time left from the oldest point to now. The time left follows from how fast the backlog shrinks: what
 * arrives meanwhile is read, too.
 * @returns `undefined` until the points cover two seconds
 */
export function catchUpProgress(points: readonly ReadPoint[], now: ReadPoint): CatchUpProgress | undefined {
  const from = points.find(({ at }) => now.at - at <= windowMs)
  if (from === undefined || now.at - from.at < shortestMs) return undefined
  const seconds = (now.at - from.at) / 1000
  const messagesPerSecond = (now.read - from.read) / seconds
  const shrinkPerSecond = (from.lagMessages - now.lagMessages) / seconds
  if (shrinkPerSecond <= 0) return { messagesPerSecond }
  return { messagesPerSecond, leftMs: (now.lagMessages / shrinkPerSecond) * 1000 }
}
