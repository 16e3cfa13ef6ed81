import type { Alert } from '../alert/alert.ts'
import { countedAlerts } from '../alert/inhibit.ts'
import type { Health } from './health.ts'

/** What may need an operator. A fact that is not known yet is `undefined`. */
export interface AttentionFacts {
  readonly health: Health | undefined
  readonly alerts: readonly Alert[] | undefined
  /** Number of pending alerts. */
  readonly pending: number | undefined
  /** Number of nodes that send nothing and whose offline alert does not fire: stale, or soon offline. */
  readonly silentNodes: number | undefined
}

/**
 * Whether anything needs attention. `none` is a promise: everything is known, the console is live and caught up, no
 * alert fires, no threshold is crossed, and every node sends.
 */
export type Attention =
  | { readonly kind: 'unknown'; readonly health: Health | undefined }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'some'
      /** Firing alerts, acknowledged ones too, without inhibited ones. */
      readonly critical: number
      readonly warning: number
      readonly pending: number
      readonly silentNodes: number
    }

export function attentionOf({ health, alerts, pending, silentNodes }: AttentionFacts): Attention {
  const isKnown = alerts !== undefined && pending !== undefined && silentNodes !== undefined
  if (health?.kind !== 'live' || !isKnown) return { kind: 'unknown', health }
  const counted = countedAlerts(alerts)
  const critical = counted.filter(({ severity }) => severity === 'critical').length
  const warning = counted.length - critical
  if (critical + warning + pending + silentNodes === 0) return { kind: 'none' }
  return { kind: 'some', critical, warning, pending, silentNodes }
}

/** The text of an empty list of alerts. */
export function attentionText(attention: Attention): { readonly title: string; readonly text: string } {
  switch (attention.kind) {
    case 'none':
      return { title: 'Nothing needs attention.', text: 'No threshold is crossed.' }
    case 'unknown':
      return { title: 'Alert state unknown.', text: unknownText(attention.health) }
    case 'some':
      return { title: firingTitle(attention.critical + attention.warning), text: crossedText(attention) }
  }
}

function firingTitle(firing: number): string {
  if (firing === 0) return 'No alert fires.'
  return firing === 1 ? '1 alert fires.' : `${firing} alerts fire.`
}

function crossedText({ pending, silentNodes }: { readonly pending: number; readonly silentNodes: number }): string {
  const crossed = pending === 1 ? '1 threshold is' : `${pending} thresholds are`
  const silent = silentNodes === 1 ? '1 node sends' : `${silentNodes} nodes send`
  const sentences = [
    pending === 0 ? '' : `${crossed} crossed, but not for long enough to fire.`,
    silentNodes === 0 ? '' : `${silent} no data.`,
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

/** "2 critical, 1 warning, 1 pending, 2 nodes silent", or "no alerts". For the tooltip of the tray. */
export function attentionCounts({ alerts = [], pending = 0, silentNodes = 0 }: Omit<AttentionFacts, 'health'>): string {
  const counted = countedAlerts(alerts)
  const critical = counted.filter(({ severity }) => severity === 'critical').length
  const counts: ReadonlyArray<readonly [number, string]> = [
    [critical, 'critical'],
    [counted.length - critical, 'warning'],
    [pending, 'pending'],
    [silentNodes, silentNodes === 1 ? 'node silent' : 'nodes silent'],
  ]
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return parts.join(', ') || 'no alerts'
}
