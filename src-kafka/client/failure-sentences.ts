import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** One link of an error's chain of causes. */
export interface ErrorCause {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly type: string
}

/** Where a client wanted to go, and how. */
export interface ConnectionTarget {
  /** The brokers as configured. */
  readonly at: string
  readonly security: KafkaSecurity
}

type Sentence = (attempt: ConnectionTarget) => string

/** By `code`: Node's for sockets and for the broker's certificate. */
const byCode: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: ({ at }) => `Nothing listens at ${at}: Kafka is not running, or the address is wrong.`,
  ENOTFOUND: ({ at }) => `The name in ${at} is unknown: check the address and the network.`,
  EAI_AGAIN: ({ at }) => `The name in ${at} cannot be looked up now: check the network.`,
  EHOSTUNREACH: ({ at }) => `There is no way to ${at}: check the network.`,
  ENETUNREACH: ({ at }) => `There is no way to ${at}: check the network.`,
  ETIMEDOUT: ({ at }) => `${at} does not answer: check the network and the firewall.`,
  ECONNRESET: ({ at, security }) =>
    security.ssl
      ? `${at} cut the connection: it is stopping, or it expects no TLS (check KAFKA_SECURITY_PROTOCOL).`
      : `${at} cut the connection: it is stopping, or a proxy stands between.`,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: ({ at }) => `The certificate of ${at} has expired, or the clock of this computer is wrong.`,
  CERT_NOT_YET_VALID: ({ at }) => `The certificate of ${at} is not valid yet, or the clock of this computer is wrong.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ at }) =>
    `The certificate of ${at} is for another name: use that name in KAFKA_BOOTSTRAP_SERVERS, and let the brokers advertise it.`,
}

/** By a pattern of `code`: Node (OpenSSL) and Electron (BoringSSL) name the alerts of TLS differently. */
const byCodePattern: ReadonlyArray<readonly [RegExp, Sentence]> = [
  [/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA)/, clientCertificate],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    ({ at }) => `${at} does not speak TLS: check the port and KAFKA_SECURITY_PROTOCOL.`,
  ],
]

const byName: Readonly<Record<string, Sentence>> = {
  KafkaTimeoutError: ({ at }) => `Kafka at ${at} does not answer.`,
  KafkaJSRequestTimeoutError: ({ at }) => `Kafka at ${at} does not answer.`,
  KafkaJSConnectionClosedError: ({ at, security: { ssl, sasl } }) => {
    const otherwise = `${ssl ? 'no TLS' : 'TLS'} or ${sasl ? 'no login' : 'a login'}`
    return `${at} closed the connection: it is stopping, or it expects ${otherwise} (check KAFKA_SECURITY_PROTOCOL).`
  },
  KafkaJSSASLAuthenticationError: ({ at }) =>
    `${at} refused the user name or password: check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  KafkaJSGroupCoordinatorNotFound: ({ at }) =>
    `${at} names no coordinator of ReMo's consumer groups: is this user allowed to use them (remo-*)?`,
  KafkaJSNoBrokerAvailableError: ({ at }) => `No broker of the cluster at ${at} can be reached.`,
}

/** By Kafka's name of a protocol error (https://kafka.apache.org/protocol#protocol_error_codes). */
const byType: Readonly<Record<string, Sentence>> = {
  UNSUPPORTED_SASL_MECHANISM: ({ at, security }) =>
    `${at} does not offer ${security.sasl?.mechanism.toUpperCase() ?? 'this login'}: check KAFKA_SASL_MECHANISM.`,
  ILLEGAL_SASL_STATE: ({ at }) => `${at} expects no login: check the port and KAFKA_SECURITY_PROTOCOL.`,
  TOPIC_AUTHORIZATION_FAILED: ({ at }) => `${at} does not allow this user to read the topics.`,
  GROUP_AUTHORIZATION_FAILED: ({ at }) => `${at} does not allow this user its consumer groups (remo-*).`,
}

/** By the message alone, where kafkajs drops the code. */
const byMessage: ReadonlyArray<readonly [RegExp, Sentence]> = [
  [
    /key.values.mismatch/i,
    () => 'The client certificate and its key do not belong together: check KAFKA_SSL_CERT and KAFKA_SSL_KEY.',
  ],
]

/** What is known of the failure, from the innermost cause outwards; `undefined` when it is none of the known ones. */
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
    ? `The certificate of ${at} is not from the authority in KAFKA_SSL_CA: check that file.`
    : `The certificate of ${at} is from an authority that is unknown here: set KAFKA_SSL_CA to the file of its certificate.`
}

function clientCertificate({ at, security }: ConnectionTarget): string {
  return security.ssl?.cert
    ? `${at} does not accept the client certificate: check KAFKA_SSL_CERT.`
    : `${at} asks for a client certificate: set KAFKA_SSL_CERT and KAFKA_SSL_KEY.`
}
