import type { CertificateFacts } from './connection-test.ts'

/** What a PEM text is for: authorities to trust, the client certificate with its chain, or its private key. */
export type PemRole = 'ca' | 'cert' | 'key'

/**
 * `problem`: one sentence, nothing of the text can be used. `warning`: one sentence about a certificate that is expired,
 * not valid yet, or expires within 30 days; the text can be used.
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
  /** Whether the private key belongs to the certificate. @throws if one of them is damaged */
  isPair(certificate: string, key: string): boolean
}
