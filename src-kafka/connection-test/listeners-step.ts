import type { ClusterMetadata } from '../wire/metadata.ts'
import { greet } from './plain-greeting.ts'
import { connectTcp, shownAddress } from './probe-connection.ts'
import { advertisedProblem } from './reach-sentences.ts'
import { isReached, resolve, type ResolvedAddress, tryEach } from './reach-brokers.ts'
import { type Finding, StepFailure } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { codeOf, listed, messageOf, plural } from './test-sentences.ts'
import { type GreetedBroker, viewOf } from './tls-step.ts'

/** The first version of Fetch that ReMo sends: Kafka 2.3. */
const oldestFetch = 11
const fetchKey = 1
const mostListed = 3

/** What listens at an advertised address is not this broker, or cannot be used. The message is a whole sentence. */
class ListenerProblem extends Error {}

export interface ListenerCheck {
  readonly metadata: () => Promise<ClusterMetadata>
  /** The configured brokers that answered. */
  readonly greeted: readonly GreetedBroker[]
  readonly resolved: readonly ResolvedAddress[]
}

/** Step 5: every broker of the cluster must be reachable from here under the address that it advertises. */
export async function checkListeners(context: TestContext, check: ListenerCheck): Promise<Finding<ClusterMetadata>> {
  requireVersion(check.greeted)
  const metadata = await check.metadata()
  const { brokers } = metadata
  if (brokers.length === 0) {
    throw new StepFailure('listeners', { text: 'The cluster has no broker yet. Wait until one has joined.' })
  }
  const idOf = new Map(brokers.map((broker) => [shownAddress(broker), broker.nodeId]))
  const tried = await tryEach(context, brokers, async (address) => {
    const ips = await resolve(context, address)
    if (isThisComputer(ips) && !check.resolved.some((one) => isThisComputer(one.ips))) {
      throw new ListenerProblem('which is this computer, not the broker')
    }
    const ssl = context.connection.security?.ssl
    if (!ssl) return void (await greet(context, address))
    const socket = await connectTcp(address, context.signal)
    socket.destroy()
    await viewOf(context, ssl, address)
  })
  const failures = tried.flatMap((one) =>
    'error' in one ? [{ ...one, id: idOf.get(shownAddress(one.address)) ?? 0 }] : [],
  )
  const [first] = failures
  if (!first) {
    const all = brokers.map((broker) => shownAddress(broker))
    const text =
      brokers.length === 1
        ? `The broker advertises ${all[0] ?? ''}, which this computer reaches.`
        : `${plural(brokers.length, 'broker')} advertise ${listed(all, mostListed)}, which this computer reaches.`
    return { outcome: { state: 'ok', text }, found: metadata }
  }
  const ids = failures.map(({ id }) => String(id)).sort()
  const more =
    failures.length === 1
      ? ''
      : ` The same step fails for ${failures.length === 2 ? 'broker' : 'brokers'} ${listed(
          ids.filter((id) => id !== String(first.id)),
          mostListed,
        )}.`
  throw new StepFailure('listeners', {
    text: `${problemOf(first.id, first.address, first.error)}${more}`,
    willNotWork: tried.some(isReached)
      ? `ReMo will not read the partitions that ${failures.length === 1 ? 'broker' : 'brokers'} ${listed(ids, mostListed)} lead${failures.length === 1 ? 's' : ''}.`
      : 'ReMo will read nothing, because it reaches no broker of the cluster.',
  })
}

function problemOf(id: number, address: { readonly host: string; readonly port: number }, error: unknown): string {
  const advertises = `Broker ${id} advertises ${shownAddress(address)}`
  if (error instanceof ListenerProblem) {
    return `${advertises}, ${error.message}. Set advertised.listeners on the broker to a name that other computers resolve.`
  }
  const code = codeOf(error)
  // With TLS the error is a sentence already, about an address that accepts connections.
  if (code === '') return `${advertises}. ${messageOf(error)}`
  const isName = code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ETIMEOUT'
  const todo = isName
    ? 'Ask for a listener with a name that resolves here (advertised.listeners), or add the name to your hosts file.'
    : 'Check that this broker runs, the network and the firewall, or ask for another listener (advertised.listeners).'
  return `${advertises}, ${advertisedProblem(error)}. ${todo}`
}

function isThisComputer(ips: readonly string[]): boolean {
  return ips.length > 0 && ips.every((ip) => ip.startsWith('127.') || ip === '::1')
}

function requireVersion(greeted: readonly GreetedBroker[]): void {
  const old = greeted.find(({ hello }) => (hello.newest.get(fetchKey) ?? 0) < oldestFetch)
  if (!old) return
  throw new StepFailure('listeners', {
    text: `${shownAddress(old.address)} runs a Kafka older than 2.3, which ReMo cannot read. Upgrade the brokers.`,
  })
}
