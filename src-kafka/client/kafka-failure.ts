import { type ErrorCause, knownSentence } from './failure-sentences.ts'
import type { ClientAccess } from './kafka-settings.ts'

/** What a failure means for the operator and for the supervisor. */
export interface KafkaFailure {
  /** One sentence: what, why, what to do. */
  readonly sentence: string
  /** Clears within a second or two while Kafka starts. Not an outage. */
  readonly transient: boolean
  /** Minimum wait until the next attempt. Refused credentials wait longer: fast retries lock accounts. */
  readonly waitMs: number
  /** Nothing listens at the address. */
  readonly refused: boolean
}

/** No response in time. kafkajs itself may wait forever. */
export class KafkaTimeoutError extends Error {
  override readonly name = 'KafkaTimeoutError'
}

/** A handler could not store records. Not a failure of Kafka; the cause has the reason. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError'
}

/** The stored position is not the one that this reader resumed from. Another member of the group moved it. */
export class PositionMovedError extends Error {
  override readonly name = 'PositionMovedError'
}

const slowMs = 60_000

const transientTypes = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
])
const credentialTypes = new Set([
  'UNSUPPORTED_SASL_MECHANISM',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
])

export function describeFailure(error: unknown, { brokers, security = {} }: ClientAccess): KafkaFailure {
  const at = brokers.join(', ')
  const chain = causes(error)
  const stored = chain.find((cause) => cause.name === 'HandlerError')
  if (stored) {
    return {
      sentence: `ReMo cannot store messages, so it has stopped reading: ${toSentence(stored.message)}`,
      transient: false,
      waitMs: 10_000,
      refused: false,
    }
  }
  const isDenied = isRefusedCredentials(error) || chain.some(({ type }) => credentialTypes.has(type))
  return {
    sentence:
      knownSentence(chain, { at, security }) ??
      `Cannot read from Kafka at ${at}: ${toSentence(chain.at(-1)?.message ?? String(error))}`,
    transient: chain.some(({ name, type }) => name === 'PositionMovedError' || transientTypes.has(type)),
    waitMs: isDenied ? slowMs : 0,
    refused: chain.some(({ code }) => code === 'ECONNREFUSED'),
  }
}

export function isRefusedCredentials(error: unknown): boolean {
  return causes(error).some(({ name }) => name === 'KafkaJSSASLAuthenticationError')
}

/**
 * The name of Kafka's protocol error (https://kafka.apache.org/protocol#protocol_error_codes) in the chain of causes.
 */
export function protocolErrorOf(error: unknown): string | undefined {
  return causes(error).find(({ type }) => type !== '')?.type
}

/** The innermost message and the first code, in one line for a log. */
export function failureReason(error: unknown): string {
  const chain = causes(error)
  const code = chain.find((cause) => cause.code !== '')?.code
  const message = firstLine(chain.at(-1)?.message ?? String(error))
  return code === undefined || message.includes(code) ? message : `${message} (${code})`
}

function toSentence(message: string): string {
  const line = firstLine(message)
  return line.endsWith('.') ? line : `${line}.`
}

/** OpenSSL writes several lines. */
function firstLine(message: string): string {
  return message.split('\n')[0] ?? ''
}

/** The error and its causes, outermost first. kafkajs nests up to three; the limit guards against a cycle. */
function causes(error: unknown): ErrorCause[] {
  const chain: ErrorCause[] = []
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) {
    const { code, type } = at as Error & { code?: unknown; type?: unknown }
    chain.push({ name: at.name, message: at.message, code: textOrEmpty(code), type: textOrEmpty(type) })
  }
  return chain
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
