import type { Acknowledgement, Alert, NodeAlertEvent } from './alert.ts'

export type AcknowledgeResult<A extends Alert = Alert> =
  | { readonly ok: true; readonly alert: A }
  | { readonly ok: false; readonly code: 'already-acknowledged' | 'resolved'; readonly message: string }

/** The first acknowledgement wins until it expires. Acknowledging one alert never affects another. */
export function acknowledge<A extends Alert>(alert: A, ack: Acknowledgement): AcknowledgeResult<A> {
  if (alert.phase === 'resolved') {
    return {
      ok: false,
      code: 'resolved',
      message: 'This alert has already resolved, so there is nothing to acknowledge.',
    }
  }
  if (isAcknowledged(alert, ack.at)) {
    const by = alert.acknowledgement?.by ?? ''
    return { ok: false, code: 'already-acknowledged', message: `${by} has already acknowledged this alert.` }
  }
  return { ok: true, alert: { ...alert, acknowledgement: ack } }
}

/** The author and the time of an acknowledgement: which one it is. */
export type AcknowledgementKey = Pick<Acknowledgement, 'by' | 'at'>

export type UnacknowledgeResult<A extends Alert = Alert> =
  | { readonly ok: true; readonly alert: A }
  | { readonly ok: false; readonly code: 'resolved' | 'not-acknowledged' | 'another'; readonly message: string }

/** Takes back an acknowledgement of the alert; without `given`, the one that it has. */
export function unacknowledge<A extends Alert>(alert: A, given?: AcknowledgementKey): UnacknowledgeResult<A> {
  const refused = (
    code: Extract<UnacknowledgeResult, { ok: false }>['code'],
    message: string,
  ): UnacknowledgeResult<A> => ({
    ok: false,
    code,
    message,
  })
  const { acknowledgement: ack } = alert
  if (alert.phase === 'resolved') return refused('resolved', 'This alert has already resolved.')
  if (ack === undefined) return refused('not-acknowledged', 'This alert is not acknowledged.')
  if (given && !isSameAcknowledgement(ack, given)) {
    return refused('another', `${ack.by} has acknowledged this alert since.`)
  }
  return { ok: true, alert: withAcknowledgement(alert, undefined) }
}

/**
 * Whether `ack` is the acknowledgement that was given. The backend moves a time ahead of its own clock back, and keeps
 * the first of one author. So an earlier one of the same author is the same.
 */
export function isSameAcknowledgement(ack: AcknowledgementKey, given: AcknowledgementKey): boolean {
  return ack.by === given.by && ack.at <= given.at
}

/** `now`: epoch ms. An acknowledgement without an end lasts until the alert resolves. */
export function isAcknowledged(alert: Alert, now: number): boolean {
  const ack = alert.acknowledgement
  return ack !== undefined && (ack.until === undefined || now < ack.until)
}

/**
 * What the end of the acknowledgement of a firing alert changes; `undefined` before, or without an end. The line of the
 * timeline has the time of the end, so it is the same whenever it is written. `now`: epoch ms.
 */
export function expiryOf<A extends Alert>(
  alert: A,
  now: number,
): { readonly alert: A; readonly event: NodeAlertEvent } | undefined {
  const { id: alertId, phase, acknowledgement: ack } = alert
  if (phase !== 'firing' || ack?.until === undefined || isAcknowledged(alert, now)) return undefined
  const event: NodeAlertEvent = { alertId, kind: 'expired', at: ack.until, by: ack.by }
  return { alert: withAcknowledgement(alert, undefined), event }
}

/** `alert` with this acknowledgement, or without any. */
export function withAcknowledgement<A extends Alert>(alert: A, acknowledgement: Acknowledgement | undefined): A {
  if (acknowledgement !== undefined) return { ...alert, acknowledgement }
  const { acknowledgement: _, ...rest } = alert
  return rest as unknown as A
}
