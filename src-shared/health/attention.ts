import type { Alert } from '../alert/alert.ts'
import type { AlertSeverity } from '../alert/severity.ts'
import { countedAlerts, type IsSilenced, silencedAlerts } from '../alert/inhibit.ts'
import type { Health } from './health.ts'

/** What may need an operator. A fact that is not known yet is `undefined`. */
export interface AttentionFacts {
  readonly health: Health | undefined
  readonly alerts: readonly Alert[] | undefined
  readonly isSilenced: IsSilenced
  /** Number of pending alerts. */
  readonly pending: number | undefined
  /** Number of nodes that send nothing and whose offline alert does not fire: stale, or soon offline. */
  readonly silentNodes: number | undefined
}

/**
 * Whether anything needs attention. `none` is a promise: everything is known, the console is live and caught up, no
 * alert fires, no threshold is crossed, and every node sends. Silenced alerts fire, too.
 */
export type Attention =
  | { readonly kind: 'unknown'; readonly health: Health | undefined }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'some'
      /** Firing alerts, acknowledged ones too, without inhibited and silenced ones. */
      readonly critical: number
      readonly warning: number
      /** For information, about this console itself. */
      readonly info: number
      readonly pending: number
      readonly silentNodes: number
      readonly silenced: number
    }

export function attentionOf({ health, alerts, isSilenced, pending, silentNodes }: AttentionFacts): Attention {
  const isKnown = alerts !== undefined && pending !== undefined && silentNodes !== undefined
  if (health?.kind !== 'live' || !isKnown) return { kind: 'unknown', health }
  const counted = countedAlerts(alerts, isSilenced)
  const silenced = silencedAlerts(alerts, isSilenced).length
  if (counted.length + pending + silentNodes + silenced === 0) return { kind: 'none' }
  return { kind: 'some', ...severityCounts(counted), pending, silentNodes, silenced }
}

/** The text of an empty list of alerts. */
export function attentionText(attention: Attention): { readonly title: string; readonly text: string } {
  switch (attention.kind) {
    case 'none':
      return { title: 'Nothing needs attention.', text: 'No threshold is crossed.' }
    case 'unknown':
      return { title: 'Alert state unknown.', text: unknownText(attention.health) }
    case 'some':
      return { title: firingTitle(attention), text: crossedText(attention) }
  }
}

type Some = Extract<Attention, { kind: 'some' }>

function firingTitle({ critical, warning, info, pending, silentNodes }: Some): string {
  const firing = critical + warning + info
  if (firing + pending + silentNodes === 0) return 'Nothing else needs attention.'
  if (firing === 0) return 'No alert fires.'
  return firing === 1 ? '1 alert fires.' : `${firing} alerts fire.`
}

function crossedText({ pending, silentNodes, silenced }: Some): string {
  const crossed = pending === 1 ? '1 threshold is' : `${pending} thresholds are`
  const silent = silentNodes === 1 ? '1 node sends' : `${silentNodes} nodes send`
  const sentences = [
    pending === 0 ? '' : `${crossed} crossed, but not for long enough to fire.`,
    silentNodes === 0 ? '' : `${silent} no data.`,
    silenced === 0 ? '' : `${silenced} ${silenced === 1 ? 'alert is' : 'alerts are'} silenced.`,
  ]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

function unknownText(health: Health | undefined): string {
  switch (health?.kind) {
    case 'blind':
      return 'ReMo reads no metrics at the moment.'
    case 'empty':
      return 'ReMo has no metrics yet.'
    case 'live':
    case undefined:
      return 'ReMo is loading the alerts.'
    case 'catching-up':
      return 'ReMo evaluates alerts again when it has caught up.'
  }
}

function severityCounts(alerts: readonly Alert[]): Readonly<Record<AlertSeverity, number>> {
  const counts = { critical: 0, warning: 0, info: 0 }
  for (const { severity } of alerts) counts[severity]++
  return counts
}

/** What `attentionCounts` says if there is nothing. */
export const noAlerts = 'no alerts'

/** "2 critical, 1 warning, 1 pending, 2 nodes silent, 1 silenced", or "no alerts". For the tooltip of the tray. */
export function attentionCounts(facts: Omit<AttentionFacts, 'health'>): string {
  const { alerts = [], isSilenced, pending = 0, silentNodes = 0 } = facts
  const counted = countedAlerts(alerts, isSilenced)
  const { critical, warning, info } = severityCounts(counted)
  const counts: ReadonlyArray<readonly [number, string]> = [
    [critical, 'critical'],
    [warning, 'warning'],
    [info, 'info'],
    [pending, 'pending'],
    [silentNodes, silentNodes === 1 ? 'node silent' : 'nodes silent'],
    [silencedAlerts(alerts, isSilenced).length, 'silenced'],
  ]
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return parts.join(', ') || noAlerts
}
