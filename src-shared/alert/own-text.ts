import { formatDuration } from '../format/duration.ts'
import { formatCount, unknownText } from '../format/number.ts'
import type { OwnAlert, OwnAlertKind } from './alert.ts'

/** What an alert of the console about itself stands for in the place of a node. */
export const ownNodeText = 'This console'

/** What it is about, in the place of a metric. */
export const ownKindText: Readonly<Record<OwnAlertKind, string>> = {
  lag: 'Reading lag',
  rejects: 'Rejected records',
  blind: 'Monitoring blind',
  backend: 'Backend unreachable',
}

/**
 * The alert in one line: "Reading lags 42 s behind Kafka > 30 s for 1 m", "12 records a minute are rejected > 1 for 5 m",
 * "Monitoring is blind since 12:02:09", or "Backend unreachable since 12:02:09". Without `timeOf`, no time.
 */
export function ownSentence(alert: OwnAlert, timeOf?: (at: number) => string): string {
  const since = timeOf === undefined ? '' : ` since ${timeOf(alert.since)}`
  switch (alert.kind) {
    case 'lag':
      return withCondition(`Reading lags ${ownValue(alert)} behind Kafka`, alert)
    case 'rejects':
      return withCondition(rejected(alert.value ?? 0), alert)
    case 'blind':
      return `Monitoring is blind${since}`
    case 'backend':
      return `Backend unreachable${since}`
  }
}

/** "42 s", "12 a minute"; unknown without a value. */
export function ownValue({ kind, value }: Pick<OwnAlert, 'kind' | 'value'>): string {
  if (value === null) return unknownText
  return kind === 'rejects' ? `${formatCount(value)} a minute` : formatDuration(value * 1000)
}

/**
 * "> 30 s for 1 m"; "not cleared yet" of a value that is no longer above; without a value, for how long it has to last.
 */
export function ownCondition(alert: OwnAlert): string {
  if (isLowered(alert)) return 'not cleared yet'
  const { kind, threshold, forSeconds } = alert
  const held = forSeconds > 0 ? ` for ${formatDuration(forSeconds * 1000)}` : ''
  if (kind === 'lag') return `> ${formatDuration(threshold * 1000)}${held}`
  if (kind === 'rejects') return `> ${formatCount(threshold)}${held}`
  return `for more than ${formatDuration(threshold * 1000)}`
}

function withCondition(sentence: string, alert: OwnAlert): string {
  return `${sentence}${isLowered(alert) ? ', ' : ' '}${ownCondition(alert)}`
}

/** Whether it has a value that is no longer above its level. */
function isLowered({ value, threshold }: OwnAlert): boolean {
  return value !== null && value <= threshold
}

function rejected(count: number): string {
  return count === 1 ? '1 record a minute is rejected' : `${formatCount(count)} records a minute are rejected`
}
