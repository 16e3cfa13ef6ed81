import type { MetricRuleDraft } from '#shared/rule/rule.ts'

/** One segment of the scale. Width in percent. */
export interface ScaleSegment {
  readonly look: 'ok' | 'between' | 'warning' | 'critical'
  readonly width: number
}
export interface Tick {
  readonly level: number
  readonly at: number
}

/**
 * The levels of a rule on one scale: ok, between (opens no alert, resolves none), warning, critical. For `less`, the
 * order is reversed.
 */
export function levelScale(
  draft: MetricRuleDraft,
  max: number | undefined,
): { segments: readonly ScaleSegment[]; ticks: readonly Tick[] } {
  const { condition, warning, critical, clear } = draft
  const levels = [clear, warning, critical].filter((level) => level !== undefined)
  const low = Math.min(0, ...levels)
  const high = max ?? Math.max(1, ...levels) * 1.25
  const at = (level: number): number => Math.min(100, Math.max(0, (100 * (level - low)) / (high - low)))

  const first = warning ?? critical
  const bounds = [
    { look: 'ok', until: clear ?? first },
    { look: 'between', until: clear === undefined ? undefined : first },
    { look: 'warning', until: warning === undefined ? undefined : (critical ?? undefined) },
  ] as const
  const last = critical === undefined ? 'warning' : 'critical'

  const direct = (level: number): number => (condition === 'greater' ? at(level) : 100 - at(level))
  const segments: ScaleSegment[] = []
  let from = 0
  for (const { look, until } of bounds) {
    if (until === undefined) continue
    segments.push({ look, width: Math.max(0, direct(until) - from) })
    from = Math.max(from, direct(until))
  }
  segments.push({ look: last, width: 100 - from })
  return {
    segments: condition === 'greater' ? segments : segments.toReversed(),
    ticks: levels.map((level) => ({ level, at: at(level) })),
  }
}
