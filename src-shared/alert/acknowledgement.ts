import type { Acknowledgement, Alert } from './alert.ts'

export type AcknowledgeResult =
  | { readonly ok: true; readonly alert: Alert }
  | { readonly ok: false; readonly code: 'already-acknowledged' | 'resolved'; readonly message: string }

/** The first acknowledgement wins until it expires. Acknowledging one alert never affects another. */
export function acknowledge(alert: Alert, ack: Acknowledgement): AcknowledgeResult {
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

/** `now`: epoch ms. An acknowledgement without an end lasts until the alert resolves. */
export function isAcknowledged(alert: Alert, now: number): boolean {
  const ack = alert.acknowledgement
  return ack !== undefined && (ack.until === undefined || now < ack.until)
}

/** `alert` with this acknowledgement, or without any. */
export function withAcknowledgement(alert: Alert, acknowledgement: Acknowledgement | undefined): Alert {
  const { acknowledgement: _, ...rest } = alert
  return acknowledgement === undefined ? rest : { ...rest, acknowledgement }
}
