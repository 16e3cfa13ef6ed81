import { isIP } from 'node:net'
import { plural, withOthers } from './test-sentences.ts'
import { type Address, connectTcp, shownAddress } from './probe-connection.ts'
import type { Finding } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { reachSentence } from './reach-sentences.ts'

/** What one address gave, or why not. */
export type Tried<T> =
  { readonly address: Address; readonly value: T } | { readonly address: Address; readonly error: unknown }

/** Tries all addresses at the same time. Rejects only after an abort. */
export async function tryEach<T>(
  { signal }: Pick<TestContext, 'signal'>,
  addresses: readonly Address[],
  attempt: (address: Address) => Promise<T>,
): Promise<Array<Tried<T>>> {
  const tried = await Promise.all(
    addresses.map(async (address): Promise<Tried<T>> => {
      try {
        return { address, value: await attempt(address) }
      } catch (error) {
        return { address, error }
      }
    }),
  )
  signal.throwIfAborted()
  return tried
}

export function isReached<T>(one: Tried<T>): one is Extract<Tried<T>, { readonly value: T }> {
  return 'value' in one
}

/** An address with what its name resolves to. */
export interface ResolvedAddress extends Address {
  readonly ips: readonly string[]
}

/** Step 1: resolves the name of each broker. Fails if none resolves. */
export async function resolveNames(context: TestContext): Promise<Finding<ResolvedAddress[]>> {
  const tried = await tryEach(context, context.addresses, (address) => resolve(context, address))
  const found = tried.filter(isReached).map(({ address, value }) => ({ ...address, ips: value }))
  const outcome = outcomeOf(tried, () => {
    const ips = new Set(found.flatMap((address) => address.ips))
    if (found.length > 1) return `${plural(found.length, 'broker')}, ${plural(ips.size, 'address', 'addresses')}.`
    const [first] = found
    if (!first) return ''
    return isIP(first.host) ? `${first.host} is an address.` : `${first.host} is ${[...ips].join(' and ')}.`
  })
  return { outcome, found }
}

/** @throws Node's error of the lookup */
export async function resolve({ lookup }: TestContext, { host }: Address): Promise<string[]> {
  return isIP(host) ? [host] : lookup(host)
}

/** Step 2: connects to each broker whose name resolves. Fails if none accepts. */
export async function connectEach<T extends Address>(
  context: TestContext,
  addresses: readonly T[],
): Promise<Finding<T[]>> {
  const tried = await tryEach(context, addresses, async (address) => {
    const socket = await connectTcp(address, context.signal)
    socket.destroy()
  })
  const found = addresses.filter((_, n) => tried[n] !== undefined && isReached(tried[n]))
  const outcome = outcomeOf(tried, () => {
    const [first] = found
    return found.length === 1 && first
      ? `${shownAddress(first)} accepts connections.`
      : `All ${found.length} brokers accept connections.`
  })
  return { outcome, found }
}

/** Some brokers are enough to begin with; the step `listeners` looks at all of the cluster. */
function outcomeOf(tried: ReadonlyArray<Tried<unknown>>, success: () => string): Finding<unknown>['outcome'] {
  const failures = tried.filter((one) => !isReached(one))
  const [first, ...others] = failures
  if (!first) return { state: 'ok', text: success() }
  const error = 'error' in first ? first.error : undefined
  const text = withOthers(
    reachSentence(error, first.address),
    others.map(({ address }) => shownAddress(address)),
  )
  if (failures.length === tried.length) return { state: 'failed', text }
  return {
    state: 'warning',
    text: `${text} ReMo connects through the ${plural(tried.length - failures.length, 'other')}.`,
  }
}
