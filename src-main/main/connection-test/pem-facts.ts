import type { PemFacts, PemRequest } from '#shared/ipc/connection-views.ts'
import { pairProblem } from '#shared/settings/pem-input.ts'
import { inspectPem, nodePemCrypto } from './inspect-pem.ts'

/** What a field of the form shows beside a PEM text. A key is also held against its certificate. `now`: epoch ms. */
export function pemFacts({ kind, source, cert }: PemRequest, now: number): PemFacts {
  const read = inspectPem(kind, source, now)
  if (!read.ok) return { ok: false, problem: read.problem }
  if (kind === 'key' && cert !== undefined) {
    const certificate = inspectPem('cert', cert, now)
    const problem = certificate.ok ? pairProblem(certificate.text, read.text, nodePemCrypto) : undefined
    if (problem !== undefined) return { ok: false, problem }
  }
  const [first] = read.certificates
  return {
    ok: true,
    ...(first ? { subject: first.subject, issuer: first.issuer, until: first.validTo } : {}),
    ...(read.warning === undefined ? {} : { warning: read.warning }),
  }
}
