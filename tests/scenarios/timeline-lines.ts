import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { durationInput } from '#shared/format/duration.ts'

/** What a line says of its alert. */
export type LineAlert = Pick<Alert, 'nodeId' | 'metric' | 'kind' | 'resolveReason'>

/** `3m node-1 cpu_usage fires critical at 97`; the time since the start. */
export function timelineLine(event: AlertEvent, alert: LineAlert, startAt: number): string {
  const { nodeId, metric, kind } = alert
  const subject = kind === 'offline' ? 'offline' : kind === 'no-data' ? `${metric} no data` : metric
  return `${sinceStart(event.at, startAt)} ${nodeId} ${subject} ${wordsOf(event, alert, startAt)}`
}

export function sinceStart(at: number, startAt: number): string {
  return durationInput((at - startAt) / 1000)
}

type Words = (event: AlertEvent, at: string) => string

const words: Partial<Record<AlertEvent['kind'], Words>> = {
  // The backend writes this line when the alert fires, and does not know the value any more.
  pending: () => 'pending',
  opened: ({ severity }, at) => `fires ${severity ?? ''}${at}`,
  escalated: ({ severity }, at) => `escalates to ${severity ?? ''}${at}`,
  eased: ({ severity }, at) => `eases to ${severity ?? ''}${at}`,
  flapping: ({ severity }, at) => `is flapping, ${severity ?? ''}${at}`,
  settled: ({ severity }, at) => `settles, ${severity ?? ''}${at}`,
  'rule-changed': ({ severity }, at) => `goes on under its new rule, ${severity ?? ''}${at}`,
  acknowledged: ({ by }) => `acknowledged by ${by ?? ''}`,
  expired: () => 'acknowledgement expired',
  silenced: ({ by }) => `silenced by ${by ?? ''}`,
  unsilenced: () => 'not silenced any more',
}

function wordsOf(event: AlertEvent, { resolveReason }: LineAlert, startAt: number): string {
  const { kind, value, clearSince } = event
  const at = value === undefined ? '' : ` at ${Number(value.toFixed(3))}`
  if (kind !== 'resolved') return words[kind]?.(event, at) ?? `${kind}${at}`
  if (resolveReason !== 'cleared') return `ends, ${resolveReason?.replace('-', ' ') ?? ''}`
  return `resolves${at}${clearSince === undefined ? '' : `, clear since ${sinceStart(clearSince, startAt)}`}`
}

/** In the order of time, then of nodes and metrics. */
export function inOrder(lines: ReadonlyArray<{ readonly at: number; readonly line: string }>): string[] {
  return lines
    .map((entry, i) => ({ ...entry, i, subject: entry.line.split(' ').slice(1, 3).join(' ') }))
    .toSorted((a, b) => a.at - b.at || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.i - b.i))
    .map(({ line }) => line)
}

/** Without pending episodes that never fire: consoles list them, and the backend does not write them. */
export function withoutUnfired(lines: readonly string[]): string[] {
  const subjectOf = (line: string): string => line.split(' ').slice(1, 3).join(' ')
  return lines.filter((line, i) => {
    if (!line.includes(' pending')) return true
    const next = lines.slice(i + 1).find((other) => subjectOf(other) === subjectOf(line))
    return next?.includes(' fires ') ?? false
  })
}

/** Without what this console alone writes: a silence is about what an operator gets. */
export function withoutSilences(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(' silenced'))
}
