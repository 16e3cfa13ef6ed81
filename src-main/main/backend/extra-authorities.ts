import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Certificate, Session } from 'electron'
import type { Log } from '#shared/log.ts'

/** What Chromium asks of the verification of a session: 0 accepts, this keeps Chromium's own answer. */
const accept = 0
const asChromium = -3
/** `net::ERR_CERT_AUTHORITY_INVALID`: Chromium reports it before a wrong name or date, so both are checked here. */
const unknownAuthority = -202
const serverAuthentication = '1.3.6.1.5.5.7.3.1'
/** The extension for name constraints (2.5.29.30), as its bytes. They are not evaluated here. */
const nameConstraints = Buffer.from('0603551d1e', 'hex')
const longestChain = 6

/**
 * Chromium has the authorities of this computer, but not those of `NODE_EXTRA_CA_CERTS`. From now on a server of this
 * session is also trusted if one of them signed its certificate.
 */
export function trustExtraAuthorities(
  session: Pick<Session, 'setCertificateVerifyProc'>,
  { path, log, now }: { readonly path: string | undefined; readonly log: Log; readonly now: () => number },
): void {
  if (!path) return
  const authorities = readAuthorities(path, log)
  if (authorities.length === 0) return
  session.setCertificateVerifyProc(({ errorCode, hostname, certificate }, callback) => {
    const isOurs =
      errorCode === unknownAuthority && isSignedBy(authorities, { hostname, chain: chainOf(certificate), now: now() })
    callback(isOurs ? accept : asChromium)
  })
}

function readAuthorities(path: string, log: Log): readonly X509Certificate[] {
  try {
    const blocks = readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    return blocks.map((pem) => new X509Certificate(pem))
  } catch (cause) {
    log.warn('NODE_EXTRA_CA_CERTS cannot be read', { path, cause })
    return []
  }
}

/** As the server sent it, its own certificate first. */
function chainOf(certificate: Certificate): readonly string[] {
  const chain: string[] = []
  for (let one: Certificate | undefined = certificate; one && chain.length < longestChain; one = issuerOf(one)) {
    chain.push(one.data)
  }
  return chain
}

/** Absent at the end of the chain, whatever its type says. */
function issuerOf({ issuerCert }: Certificate): Certificate | undefined {
  return issuerCert as Certificate | undefined
}

export interface ServerChain {
  readonly hostname: string
  /** PEM texts. Each is signed by the next one; the last one by an authority, or it is one. */
  readonly chain: readonly string[]
  /** Epoch ms. */
  readonly now: number
}

/**
 * Whether one of the authorities vouches for this server: each signature, all dates, which certificates may sign, and
 * name and purpose of the server's own. Chains with name constraints are refused, because these are not evaluated.
 */
export function isSignedBy(authorities: readonly X509Certificate[], { hostname, chain, now }: ServerChain): boolean {
  try {
    const [server, ...intermediates] = chain.map((pem) => new X509Certificate(pem))
    if (!server || !isFor(server, hostname)) return false
    // `keyUsage` is the extended one: purposes, absent for all of them.
    const purposes = server.keyUsage as readonly string[] | undefined
    if (purposes && !purposes.includes(serverAuthentication)) return false
    return endsAtAuthority(server, { intermediates, authorities, now })
  } catch {
    return false // a certificate that cannot be read vouches for nothing
  }
}

function isFor(server: X509Certificate, hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0) return server.checkIP(host) !== undefined
  return server.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined
}

interface Signers {
  readonly intermediates: readonly X509Certificate[]
  readonly authorities: readonly X509Certificate[]
  readonly now: number
}

function endsAtAuthority(first: X509Certificate, { intermediates, authorities, now }: Signers): boolean {
  let signed = first
  for (const intermediate of [...intermediates, undefined]) {
    if (!isUsable(signed, now)) return false
    const { raw } = signed
    const isTrusted = authorities.some(
      (authority) => authority.raw.equals(raw) || (hasSigned(authority, signed) && isUsable(authority, now)),
    )
    if (isTrusted) return true
    if (!intermediate || !hasSigned(intermediate, signed)) return false
    signed = intermediate
  }
  return false
}

function isUsable(certificate: X509Certificate, now: number): boolean {
  const isValid = Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo)
  return isValid && !certificate.raw.includes(nameConstraints)
}

function hasSigned(signer: X509Certificate, certificate: X509Certificate): boolean {
  return signer.ca && certificate.checkIssued(signer) && certificate.verify(signer.publicKey)
}
