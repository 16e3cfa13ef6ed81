import { lookup } from 'node:dns/promises'
import type { ConnectionToTest, TestResult, TestStep } from '#shared/settings/connection-test.ts'
import { BrokerConnections } from '../client/broker-connections.ts'
import { createKafkaClient } from '../client/kafka-client.ts'
import { describeFailure } from '../client/kafka-failure.ts'
import { withTimeout } from '../client/waiting.ts'
import { metadataVersion } from '../wire/metadata.ts'
import { checkListeners } from './listeners-step.ts'
import { requireNoLogin, signIn } from './login-step.ts'
import { readMessages } from './messages-step.ts'
import { greetPlainly } from './plain-greeting.ts'
import { type Address, probeLimitMs, shownAddress } from './probe-connection.ts'
import { connectEach, resolveNames } from './reach-brokers.ts'
import { checkRights } from './rights-step.ts'
import { StepFailure, StepReport } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { checkCertificates, type GreetedBroker } from './tls-step.ts'
import { findTopics } from './topics-step.ts'

/** Limit of a step that uses a signed-in connection, in ms. */
const stepLimitMs = 15_000
/** kafkajs asks the next broker after a moment. It asks none again with a refused password. */
const retry = { retries: 2, initialRetryTime: 100 }
const metadataKey = 3

export interface TestConnectionDeps {
  readonly connection: ConnectionToTest
  /** Ends the test. */
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
  /** IP addresses of a host name; default: the system's lookup. */
  readonly lookup?: (host: string) => Promise<string[]>
}

/**
 * Tests a connection in eight steps, until one fails. Each step has a limit, so the test ends within about a minute. It
 * changes nothing in Kafka and belongs to no consumer group.
 * @param onStep called when a step begins and when it ends
 * @throws the reason of the signal after an abort
 */
export async function testConnection(
  deps: TestConnectionDeps,
  onStep: (step: TestStep) => void = () => undefined,
): Promise<TestResult> {
  const { connection, signal } = deps
  const report = new StepReport({
    security: connection.security,
    signal,
    onStep,
    sentenceOf: (error) => describeFailure(error, connection).sentence,
  })
  try {
    const context = contextOf(deps)
    const { greeted, resolved } = await reach(context, report)
    await useKafka(context, report, { greeted, resolved })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof StepFailure)) throw error
  }
  return report.result()
}

function contextOf({ connection, signal, now, lookup: resolve = systemLookup }: TestConnectionDeps): TestContext {
  const limited = (host: string): Promise<string[]> => withTimeout(probeLimitMs, `resolving ${host}`, resolve(host))
  return { connection, signal, now, lookup: limited, addresses: [...new Set(connection.brokers)].map(addressOf) }
}

async function systemLookup(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

function addressOf(broker: string): Address {
  const at = broker.lastIndexOf(':')
  return { host: broker.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(broker.slice(at + 1)) }
}

interface Reached {
  readonly greeted: readonly GreetedBroker[]
  readonly resolved: Awaited<ReturnType<typeof resolveNames>>['found']
}

/** Names, TCP and TLS: what answers as a Kafka broker does. */
async function reach(context: TestContext, report: StepReport): Promise<Reached> {
  const { security } = context.connection
  const resolved = await report.run('names', () => resolveNames(context))
  if (security?.ssl) {
    const { ssl } = security
    const open = await report.run('tcp', () => connectEach(context, resolved))
    return { greeted: await report.run('tls', () => checkCertificates(context, ssl, open)), resolved }
  }
  const greeted = await report.run('tcp', async () => {
    const { outcome, found } = await connectEach(context, resolved)
    if (outcome.state === 'failed') return { outcome, found: [] }
    try {
      return { outcome, found: await greetPlainly(context, found) }
    } catch (error) {
      throw error instanceof StepFailure ? new StepFailure(error.step, error.outcome, outcome) : error
    }
  })
  return { greeted, resolved }
}

/** SASL, listeners, topics, rights and messages: what a signed-in client sees. */
async function useKafka(context: TestContext, report: StepReport, { greeted, resolved }: Reached): Promise<void> {
  const { connection, signal, now } = context
  const { security } = connection
  const brokers = greeted.map(({ address }) => shownAddress(address))
  const settings = { brokers, clientId: 'remo-test', ...(security === undefined ? {} : { security }) }
  const client = createKafkaClient({ settings, now, retry })
  const abort = (): void => client.abort()
  signal.addEventListener('abort', abort, { once: true })
  const limited = <T>(what: string, work: () => Promise<T>): Promise<T> => withTimeout(stepLimitMs, what, work())
  try {
    const connections = new BrokerConnections(client.kafka)
    const login = { security, greeted }
    if (security?.sasl) await report.run('sasl', () => limited('signing in', () => signIn(login, connections)))
    const metadata = await report.run('listeners', () => {
      requireNoLogin(login)
      const listeners = { metadata: () => connections.metadata(), greeted, resolved }
      return limited('asking for brokers', () => checkListeners(context, listeners))
    })
    const topics = await report.run('topics', () => Promise.resolve(findTopics(context, metadata)))
    const nodeId = metadata.brokers[0]?.nodeId ?? 0
    const tellsRights = greeted.every(({ hello }) => (hello.newest.get(metadataKey) ?? 0) >= metadataVersion)
    const rights = { connection, topics, tellsRights, ask: connections.ask.bind(connections, nodeId) }
    await report.run('rights', () => limited('asking for rights', () => checkRights(rights)))
    if (topics.metrics.length + topics.team.length === 0) return
    const messages = { connections, metadata, topics }
    await report.run('messages', () => limited('reading messages', () => readMessages(context, messages)))
  } finally {
    signal.removeEventListener('abort', abort)
    client.abort()
  }
}
