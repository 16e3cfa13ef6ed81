import { formatDate } from '../format/time.ts'
import { expiresSoonMs, validityText } from './certificate-facts.ts'
import type { CertificateFacts } from './connection-test.ts'

/** What a PEM text is for: authorities to trust, the client certificate with its chain, or its private key. */
export type PemRole = 'ca' | 'cert' | 'key'

/**
 * `problem`: one sentence, nothing of the text can be used. `warning`: one sentence about a certificate that is expired,
 * not valid yet, or expires within 30 days; the text can be used. A key has no certificates.
 */
export type PemCheck =
  | { readonly ok: true; readonly certificates: readonly CertificateFacts[]; readonly warning?: string }
  | { readonly ok: false; readonly problem: string }

/** Reads DER. A process edge provides it: this code has no cryptography. */
export interface PemCrypto {
  /** Of one certificate block. @throws if it is damaged */
  certificateFacts(pem: string): CertificateFacts
  /** @throws if the key is damaged */
  readKey(pem: string): void
  /** Whether the private key belongs to the first certificate. @throws if one of them is damaged */
  isPair(certificate: string, key: string): boolean
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----)[^])*-----END \1-----/g
const roleNames: Readonly<Record<PemRole, string>> = {
  ca: 'a CA certificate',
  cert: 'a client certificate',
  key: 'a private key',
}

/**
 * Checks a PEM text for its role.
 * @param now epoch ms
 */
export function checkPem(role: PemRole, text: string, { crypto, now }: { crypto: PemCrypto; now: number }): PemCheck {
  const blocks = [...text.matchAll(block)].map(([pem, label = '']) => ({ pem, label }))
  const problem = blocks.length === 0 ? notPem(role, text) : wrongBlocks(role, blocks)
  if (problem !== undefined) return { ok: false, problem }
  if (role === 'key') return checkKey(blocks.find(({ label }) => isKey(label))?.pem ?? '', crypto)
  const certificates: CertificateFacts[] = []
  for (const { pem, label } of blocks) {
    if (!isCertificate(label)) continue
    try {
      certificates.push(crypto.certificateFacts(pem))
    } catch {
      const which = certificates.length === 0 ? 'The certificate' : `Certificate ${certificates.length + 1}`
      return { ok: false, problem: `${which} is damaged. Copy the whole text again, with all its lines.` }
    }
  }
  const warning = validityWarning(role, certificates, now)
  return { ok: true, certificates, ...(warning === undefined ? {} : { warning }) }
}

/** Checks that a key belongs to its certificate. Both must have passed `checkPem`. @returns one sentence, if not */
export function pairProblem(certificate: string, key: string, crypto: PemCrypto): string | undefined {
  try {
    if (crypto.isPair(certificate, key)) return undefined
  } catch {
    return 'The client certificate and its key cannot be compared. Copy both again.'
  }
  return 'This key does not belong to the client certificate. Use the key that the certificate was made for.'
}

function checkKey(pem: string, crypto: PemCrypto): PemCheck {
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    return {
      ok: false,
      problem: 'This key has a passphrase. Use a key without one; openssl pkey -in key.pem -out plain.pem removes it.',
    }
  }
  try {
    crypto.readKey(pem)
    return { ok: true, certificates: [] }
  } catch {
    return { ok: false, problem: 'The key is damaged. Copy the whole text again, with all its lines.' }
  }
}

interface Block {
  readonly label: string
}

/** Blocks that are not for this role. A key beside a certificate is allowed: many files hold both. */
function wrongBlocks(role: PemRole, blocks: readonly Block[]): string | undefined {
  const hasKey = blocks.some(({ label }) => isKey(label))
  const hasCertificate = blocks.some(({ label }) => isCertificate(label))
  if (role === 'key' ? hasKey : hasCertificate) return undefined
  if (role === 'key' && hasCertificate)
    return 'This is a certificate, not a private key. Its key is in a file of its own.'
  if (hasKey) return `This is a private key, not ${roleNames[role]}. Put the certificate here, and keep the key secret.`
  const label = blocks[0]?.label ?? ''
  if (label.endsWith('CERTIFICATE REQUEST'))
    return 'This is a request for a certificate. Use the certificate that the CA made of it.'
  if (label.endsWith('PUBLIC KEY')) return `This is a public key, not ${roleNames[role]}.`
  return `This is a PEM text of the kind ${label}, not ${roleNames[role]}.`
}

function notPem(role: PemRole, text: string): string {
  const wanted = `Expected ${roleNames[role]} as a PEM text`
  if (text.trim() === '') return `${wanted}, got nothing.`
  if (/-----BEGIN [A-Z0-9 ]+-----/.test(text))
    return 'The text ends too early. Copy it again, down to its last line -----END …-----.'
  if (/^[A-Za-z0-9+/=\s]{64,}$/.test(text))
    return `${wanted}: the lines -----BEGIN …----- and -----END …----- are missing.`
  if (text.includes('\0') || text.includes('\ufffd'))
    return `${wanted}, got a binary file (DER, PKCS #12 or JKS). Convert it with openssl.`
  return `${wanted}, which begins with -----BEGIN …-----.`
}

function isCertificate(label: string): boolean {
  return label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE'
}

function isKey(label: string): boolean {
  return label === 'PRIVATE KEY' || (label.endsWith(' PRIVATE KEY') && !label.startsWith('OPENSSH'))
}

/** A client certificate counts alone. Of authorities, those that are still valid are enough. */
function validityWarning(role: PemRole, certificates: readonly CertificateFacts[], now: number): string | undefined {
  const isInvalid = ({ validFrom, validTo }: CertificateFacts): boolean => now < validFrom || now >= validTo
  const counted = role === 'cert' ? certificates.slice(0, 1) : certificates
  const [first] = counted
  if (!first) return undefined
  const whose = role === 'cert' ? 'This certificate' : 'This CA certificate'
  if (counted.every(isInvalid)) {
    const text = validityText(first, now)
    return now < first.validFrom
      ? `${whose} (${first.subject}) is ${text}. Check the clock of this computer.`
      : `${whose} (${first.subject}) ${text}. Ask for a new one.`
  }
  const soon = counted.find((one) => !isInvalid(one) && one.validTo - now < expiresSoonMs)
  if (!soon || counted.length > 1) return undefined
  return `${whose} (${soon.subject}) expires on ${formatDate(soon.validTo, 0)}. Ask for a new one in time.`
}
