import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** One error in a chain of causes. */
export interface ErrorCause {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly type: string
}

/** The Kafka that the client connects to, and how. */
export interface ConnectionTarget {
  /** The brokers as configured, comma-separated. */
  readonly at: string
  readonly security: KafkaSecurity
}

type Sentence = (attempt: ConnectionTarget) => string

/** By `code`: Node's codes for sockets and for the broker's certificate. */
const byCode: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: ({ at }) => `Nothing is listening on ${at}. Check that Kafka is running and the address is right.`,
  ENOTFOUND: ({ at }) => `Cannot resolve the host name in ${at}. Check the address and the network.`,
  EAI_AGAIN: ({ at }) => `DNS lookup failed for ${at}. Check the network.`,
  EHOSTUNREACH: ({ at }) => `No network route to ${at}. Check the network.`,
  ENETUNREACH: ({ at }) => `No network route to ${at}. Check the network.`,
  ETIMEDOUT: ({ at }) => `${at} does not answer. Check the network and the firewall.`,
  ECONNRESET: ({ at, security }) =>
    security.ssl
      ? `${at} reset the connection. It is shutting down, or it does not use TLS (check KAFKA_SECURITY_PROTOCOL).`
      : `${at} reset the connection. It is shutting down, or a proxy is in between.`,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: ({ at }) => `The certificate of ${at} has expired. Renew it, or check the clock of this computer.`,
  CERT_NOT_YET_VALID: ({ at }) => `The certificate of ${at} is not valid yet. Check the clock of this computer.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ at }) =>
    `The certificate of ${at} is for another host name. Use that name in KAFKA_BOOTSTRAP_SERVERS and in advertised.listeners.`,
}

/** By a pattern of `code`: Node (OpenSSL) and Electron (BoringSSL) use different names for TLS alerts. */
const byCodePattern: ReadonlyArray<readonly [RegExp, Sentence]> = [
  [/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA)/, clientCertificate],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    ({ at }) => `${at} does not use TLS. Check the port and KAFKA_SECURITY_PROTOCOL.`,
  ],
]

const byName: Readonly<Record<string, Sentence>> = {
  KafkaTimeoutError: ({ at }) => `Kafka at ${at} does not answer. Check the brokers and the network.`,
  KafkaJSRequestTimeoutError: ({ at }) => `Kafka at ${at} does not answer. Check the brokers and the network.`,
  KafkaJSConnectionClosedError: ({ at, security: { ssl, sasl } }) => {
    const otherwise = `${ssl ? 'no TLS' : 'TLS'} or ${sasl ? 'no SASL' : 'SASL'}`
    return `${at} closed the connection. It is shutting down, or it expects ${otherwise} (check KAFKA_SECURITY_PROTOCOL).`
  },
  KafkaJSSASLAuthenticationError: ({ at }) =>
    `${at} refused the username or password. Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  KafkaJSGroupCoordinatorNotFound: ({ at }) =>
    `${at} returned no coordinator for ReMo's consumer groups. Check that this user may use remo-*.`,
  KafkaJSNoBrokerAvailableError: ({ at }) =>
    `No broker of the cluster at ${at} is reachable. Check the brokers and the network.`,
}

/** By the name of Kafka's protocol error (https://kafka.apache.org/protocol#protocol_error_codes). */
const byType: Readonly<Record<string, Sentence>> = {
  UNSUPPORTED_SASL_MECHANISM: ({ at, security }) =>
    `${at} does not support ${security.sasl?.mechanism.toUpperCase() ?? 'this SASL mechanism'}. Check KAFKA_SASL_MECHANISM.`,
  ILLEGAL_SASL_STATE: ({ at }) => `${at} does not use SASL. Check the port and KAFKA_SECURITY_PROTOCOL.`,
  TOPIC_AUTHORIZATION_FAILED: ({ at }) => `${at} does not allow this user to read the topics. Grant Read on them.`,
  GROUP_AUTHORIZATION_FAILED: ({ at }) =>
    `${at} does not allow this user to use consumer groups remo-*. Grant Read on them.`,
}

/** By the message alone: kafkajs drops the code of these errors. */
const byMessage: ReadonlyArray<readonly [RegExp, Sentence]> = [
  [
    /key.values.mismatch/i,
    () => 'The client certificate and key do not match. Check KAFKA_SSL_CERT and KAFKA_SSL_KEY.',
  ],
]

/** The sentence for the first known cause, from the innermost outwards; `undefined` if none is known. */
export function knownSentence(chain: readonly ErrorCause[], attempt: ConnectionTarget): string | undefined {
  const pick = (sentenceOf: (cause: ErrorCause) => Sentence | undefined): Sentence | undefined =>
    chain
      .toReversed()
      .map(sentenceOf)
      .find((sentence) => sentence !== undefined)
  const sentence =
    pick(({ code }) => byCode[code] ?? matching(byCodePattern, code)) ??
    pick(({ type }) => byType[type]) ??
    pick(({ message }) => matching(byMessage, message)) ??
    pick(({ name }) => byName[name])
  return sentence?.(attempt)
}

function matching(patterns: ReadonlyArray<readonly [RegExp, Sentence]>, text: string): Sentence | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1]
}

function unknownAuthority({ at, security }: ConnectionTarget): string {
  return security.ssl?.ca
    ? `The certificate of ${at} is not signed by the CA in KAFKA_SSL_CA. Check that file.`
    : `The certificate of ${at} is signed by an unknown CA. Set KAFKA_SSL_CA to that CA's certificate file.`
}

function clientCertificate({ at, security }: ConnectionTarget): string {
  return security.ssl?.cert
    ? `${at} does not accept the client certificate. Check KAFKA_SSL_CERT.`
    : `${at} requires a client certificate. Set KAFKA_SSL_CERT and KAFKA_SSL_KEY.`
}
