import { dayMs } from '../format/time-units.ts'
import { formatDate } from '../format/time.ts'
import type { CertificateFacts } from './connection-test.ts'

/** A certificate as Node's `X509Certificate` describes it. */
export interface CertificateTexts {
  /** One `NAME=value` a line. */
  readonly subject: string
  readonly issuer: string
  /** Such as `Nov 29 10:00:00 2026 GMT`. */
  readonly validFrom: string
  readonly validTo: string
}

export function certificateFacts({ subject, issuer, validFrom, validTo }: CertificateTexts): CertificateFacts {
  return {
    subject: shownName(subject),
    issuer: shownName(issuer),
    validFrom: Date.parse(validFrom),
    validTo: Date.parse(validTo),
  }
}

/** The common name; without one, all parts in a line. */
function shownName(lines: string): string {
  const parts = lines.split('\n').filter((line) => line !== '')
  const common = parts.findLast((part) => part.startsWith('CN='))
  return common?.slice(3) ?? (parts.join(', ') || 'a certificate without a name')
}

/** Operators renew certificates within days, not hours. */
export const expiresSoonMs = 30 * dayMs

/** "97 days left", "expired on 2026-11-24", "not valid before 2026-11-24". Dates in UTC. */
export function validityText({ validFrom, validTo }: CertificateFacts, now: number): string {
  if (now < validFrom) return `not valid before ${formatDate(validFrom, 0)}`
  if (now >= validTo) return `expired on ${formatDate(validTo, 0)}`
  const days = Math.floor((validTo - now) / dayMs)
  return days === 0 ? 'expires within a day' : `${days} ${days === 1 ? 'day' : 'days'} left`
}
