/** What a failure means to the operator and to the supervisor. */
export interface Failure {
  /** One sentence: what, why, what to do. */
  readonly sentence: string
  /** Passes by itself within a second or two when Kafka starts: not worth an alarm. */
  readonly passing: boolean
  /** At least this long until the next attempt; wrong credentials are tried slowly, so that no account is locked. */
  readonly waitMs: number
}

/** Nothing came back in time; ours, since kafkajs may wait without end. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** Storage failed: not Kafka's fault. The cause says what. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The stored position is not the one that reading went on from: another member of the group has moved it. */
export class PositionMoved extends Error {
  override readonly name = 'PositionMoved'
}

type Sentence = (brokers: string) => string

const slowMs = 60_000

/** By `code` of the error or one of its causes: Node's for sockets and TLS. */
const byCode: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: (at) => `Nothing listens at ${at}: Kafka is not running, or the address is wrong.`,
  ENOTFOUND: (at) => `The name in ${at} is unknown: check the address and the network.`,
  EAI_AGAIN: (at) => `The name in ${at} cannot be looked up now: check the network.`,
  EHOSTUNREACH: (at) => `There is no way to ${at}: check the network.`,
  ENETUNREACH: (at) => `There is no way to ${at}: check the network.`,
  ETIMEDOUT: (at) => `${at} does not answer: check the network and the firewall.`,
  ECONNRESET: (at) => `${at} cut the connection: it may expect no TLS, or a proxy stands between.`,
  SELF_SIGNED_CERT_IN_CHAIN: (at) => `The certificate of ${at} comes from an unknown authority: add its CA.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (at) => `The certificate of ${at} is for another name: use the name in it.`,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: (at) => `${at} asks for a client certificate: add one.`,
}

const byName: Readonly<Record<string, Sentence>> = {
  NoAnswerError: (at) => `Kafka at ${at} does not answer.`,
  KafkaJSRequestTimeoutError: (at) => `Kafka at ${at} does not answer.`,
  KafkaJSConnectionClosedError: (at) => `${at} closed the connection: it is stopping, or it expects TLS or a login.`,
  KafkaJSSASLAuthenticationError: (at) => `${at} refused the user name or password.`,
  KafkaJSNoBrokerAvailableError: (at) => `No broker of the cluster at ${at} can be reached.`,
}

/** By Kafka's name of a protocol error (https://kafka.apache.org/protocol#protocol_error_codes). */
const byType: Readonly<Record<string, Sentence>> = {
  UNSUPPORTED_SASL_MECHANISM: (at) => `${at} does not offer this way of logging in.`,
  TOPIC_AUTHORIZATION_FAILED: (at) => `${at} does not allow this user to read the topics.`,
  GROUP_AUTHORIZATION_FAILED: (at) => `${at} does not allow this user its consumer groups (remo-*).`,
}

const passingTypes = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'LEADER_NOT_AVAILABLE'])
const credentialTypes = new Set([
  'UNSUPPORTED_SASL_MECHANISM',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
])

/** @param brokers as configured, for the sentence */
export function describeFailure(error: unknown, brokers: readonly string[]): Failure {
  const at = brokers.join(', ')
  const chain = causes(error)
  const stored = chain.find((cause) => cause.name === 'StorageError')
  if (stored) {
    return {
      sentence: `Records cannot be stored, so none are read: ${reasonOf(stored)}`,
      passing: false,
      waitMs: 10_000,
    }
  }
  const sentence =
    pick(chain, (cause) => byCode[cause.code]) ??
    pick(chain, (cause) => byType[cause.type]) ??
    pick(chain, (cause) => byName[cause.name])
  const refused = chain.some(({ name, type }) => name === 'KafkaJSSASLAuthenticationError' || credentialTypes.has(type))
  return {
    sentence: sentence?.(at) ?? `Kafka at ${at} cannot be read: ${chain.at(-1)?.message ?? String(error)}`,
    passing: chain.some(({ name, type }) => name === 'PositionMoved' || passingTypes.has(type)),
    waitMs: refused ? slowMs : 0,
  }
}

interface Cause {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly type: string
}

function reasonOf(stored: Cause): string {
  return stored.message.endsWith('.') ? stored.message : `${stored.message}.`
}

function pick(chain: readonly Cause[], sentenceOf: (cause: Cause) => Sentence | undefined): Sentence | undefined {
  for (const cause of chain.toReversed()) {
    const sentence = sentenceOf(cause)
    if (sentence) return sentence
  }
  return undefined
}

/** The error and its causes, outermost first. kafkajs wraps up to three deep; the bound guards against a ring. */
function causes(error: unknown): Cause[] {
  const chain: Cause[] = []
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) {
    const { code, type } = at as Error & { code?: unknown; type?: unknown }
    chain.push({ name: at.name, message: at.message, code: String(code), type: String(type) })
  }
  return chain
}
