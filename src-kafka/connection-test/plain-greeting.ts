import { type Hello, hello } from './hello.ts'
import { type Address, connectTcp, connectTls, shownAddress } from './probe-connection.ts'
import { isReached, tryEach } from './reach-brokers.ts'
import { StepFailure } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { codeOf } from './test-sentences.ts'
import { type GreetedBroker, mechanismOf } from './tls-step.ts'

/**
 * Greets each broker without TLS.
 * @throws StepFailure if none answers as Kafka does; it is about the step `tls` if they expect TLS
 */
export async function greetPlainly(context: TestContext, addresses: readonly Address[]): Promise<GreetedBroker[]> {
  const tried = await tryEach(context, addresses, (address) => greet(context, address))
  const greeted = tried.filter(isReached).map(({ address, value }) => ({ address, hello: value }))
  const [first] = tried
  if (greeted.length > 0 || !first) return greeted
  const protocol = await protocolWithTls(context, first.address)
  context.signal.throwIfAborted()
  const at = shownAddress(first.address)
  if (protocol) {
    throw new StepFailure('tls', {
      text: `${at} uses TLS, and this connection does not. Choose the security protocol ${protocol}.`,
    })
  }
  const code = codeOf('error' in first ? first.error : undefined)
  const answer =
    code === 'web-server'
      ? 'is a web server, not a Kafka broker'
      : 'accepts connections, but does not answer as Kafka does'
  throw new StepFailure('tcp', { text: `${at} ${answer}. Check the address and the port.` })
}

/** @throws as `connectTcp` and `hello` */
export async function greet(context: TestContext, address: Address): Promise<Hello> {
  const socket = await connectTcp(address, context.signal)
  try {
    return await hello(socket, mechanismOf(context), context.signal)
  } finally {
    socket.destroy()
  }
}

/** The security protocol of a port with TLS; `undefined` if it has none. */
async function protocolWithTls(context: TestContext, address: Address): Promise<string | undefined> {
  try {
    const socket = await connectTls(address, { verify: false }, context.signal)
    try {
      const { hasSasl } = await hello(socket, mechanismOf(context), context.signal)
      return hasSasl ? 'SASL_SSL' : 'SSL'
    } catch {
      return 'SSL and set a client certificate' // it completes the handshake and then refuses
    } finally {
      socket.destroy()
    }
  } catch {
    return undefined
  }
}
