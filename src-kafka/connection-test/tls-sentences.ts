import { formatDate } from '#shared/format/time.ts'
import type { CertificateFacts } from '#shared/settings/connection-test.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { type Address, shownAddress } from './probe-connection.ts'
import { reachSentence } from './reach-sentences.ts'
import { codeOf, listed, messageOf } from './test-sentences.ts'

type Ssl = NonNullable<KafkaSecurity['ssl']>

/** A certificate that is refused, and whose. */
export interface RefusedCertificate {
  readonly ssl: Ssl
  readonly address: Address
  readonly certificate: CertificateFacts | undefined
  /** The hosts that it is for. */
  readonly names: readonly string[]
}

type Sentence = (refused: RefusedCertificate) => string

const selfSigned: Sentence = ({ address, certificate }) =>
  `The certificate of ${shownAddress(address)} is self-signed${certificate ? ` (${certificate.subject})` : ''}. If you trust it, set it as the CA certificate.`

const unknownAuthority: Sentence = ({ ssl, address, certificate }) => {
  const signed = `The certificate of ${shownAddress(address)} is signed by ${certificate?.issuer ?? 'an unknown CA'}`
  return ssl.ca
    ? `${signed}, which is not in the CA certificate. Use the certificate of the CA that signed it.`
    : `${signed}, which this computer does not know. Set the CA certificate.`
}

/** By OpenSSL's code (https://docs.openssl.org/master/man1/openssl-verification-options/#diagnostics). */
const refusals: Readonly<Record<string, Sentence>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: ({ address, certificate }) =>
    `The certificate of ${shownAddress(address)} ${certificate ? `expired on ${formatDate(certificate.validTo, 0)}` : 'has expired'}. Renew it on the broker, or check the clock of this computer.`,
  CERT_NOT_YET_VALID: ({ address, certificate }) =>
    `The certificate of ${shownAddress(address)} is not valid ${certificate ? `before ${formatDate(certificate.validFrom, 0)}` : 'yet'}. Check the clock of this computer and of the broker.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ address, certificate, names }) =>
    `The certificate of ${shownAddress(address)} is for ${listed(names) || (certificate?.subject ?? 'another host')}, not for ${address.host}. Use a name that is in the certificate.`,
}

/** Why a broker's certificate is refused, and what to do. */
export function certificateSentence(code: string, refused: RefusedCertificate): string {
  const sentence = refusals[code]
  return sentence ? sentence(refused) : `The certificate of ${shownAddress(refused.address)} is refused (${code}).`
}

/** Alerts about the client's certificate. Node (OpenSSL) and Electron (BoringSSL) name them differently. */
export function isAboutClientCertificate(error: unknown): boolean {
  return /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA)/.test(codeOf(error))
}

export function clientCertificateSentence({ cert }: Ssl, address: Address): string {
  return cert
    ? `${shownAddress(address)} does not accept the client certificate. Use one that its CA has signed and that has not expired.`
    : `${shownAddress(address)} requires a client certificate. Set the client certificate and its key.`
}

/** @param plainError what came of an attempt without TLS */
export function handshakeSentence(error: unknown, plainError: unknown, address: Address): string {
  const code = codeOf(error)
  const at = shownAddress(address)
  if (codeOf(plainError) === 'web-server') return `${at} is a web server, not a Kafka broker. Check the port.`
  if (/ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE)|NO_(SHARED_CIPHER|PROTOCOLS)/.test(code)) {
    return `${at} and this computer have no TLS version or cipher in common. Check ssl.enabled.protocols on the broker.`
  }
  if (code === 'timeout') return `${at} accepts connections, but does not answer a TLS handshake. Check the port.`
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code)) {
    return `${at} does not use TLS, and does not answer as Kafka does. Check the address and the port.`
  }
  if (/^E[A-Z]+$/.test(code) && code !== 'ECONNRESET' && code !== 'EPROTO') return reachSentence(error, address)
  return `${at} closes the connection during the TLS handshake. It is shutting down, or it is no Kafka broker: check the port.`
}

/** What is wrong with the PEM texts of the connection itself. */
export function ownCertificateSentence(error: unknown): string {
  const message = messageOf(error)
  if (/key.values.mismatch/i.test(message) || /KEY_VALUES_MISMATCH/.test(codeOf(error))) {
    return 'The client key does not belong to the client certificate. Use the key that it was made for.'
  }
  return `The CA certificate, the client certificate or its key cannot be read: ${message}`
}
