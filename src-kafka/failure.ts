import { type Cause, knownSentence } from './failure-sentences.ts'
import type { KafkaSettings } from './kafka-settings.ts'

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

/** How the client was told to connect. */
type Access = Pick<KafkaSettings, 'brokers' | 'security'>

const slowMs = 60_000

const passingTypes = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'LEADER_NOT_AVAILABLE'])
const credentialTypes = new Set([
  'UNSUPPORTED_SASL_MECHANISM',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
])

export function describeFailure(error: unknown, { brokers, security = {} }: Access): Failure {
  const at = brokers.join(', ')
  const chain = causes(error)
  const stored = chain.find((cause) => cause.name === 'StorageError')
  if (stored) {
    return {
      sentence: `Records cannot be stored, so none are read: ${sentenceOf(stored.message)}`,
      passing: false,
      waitMs: 10_000,
    }
  }
  const refused = chain.some(({ name, type }) => name === 'KafkaJSSASLAuthenticationError' || credentialTypes.has(type))
  return {
    sentence:
      knownSentence(chain, { at, security }) ??
      `Kafka at ${at} cannot be read: ${sentenceOf(chain.at(-1)?.message ?? String(error))}`,
    passing: chain.some(({ name, type }) => name === 'PositionMoved' || passingTypes.has(type)),
    waitMs: refused ? slowMs : 0,
  }
}

/** The first line, since OpenSSL writes more than one. */
function sentenceOf(message: string): string {
  const [line = ''] = message.split('\n')
  return line.endsWith('.') ? line : `${line}.`
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
