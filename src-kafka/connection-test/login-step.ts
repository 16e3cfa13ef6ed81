import { kafkaMechanisms, type KafkaSecurity } from '#shared/settings/kafka-security.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { isRefusedCredentials } from '../client/kafka-failure.ts'
import { shownAddress } from './probe-connection.ts'
import { type Finding, StepFailure } from './step-report.ts'
import { listed } from './test-sentences.ts'
import type { GreetedBroker } from './tls-step.ts'

/** The brokers that answered, and how this connection signs in to them. */
export interface LoginCheck {
  readonly security: KafkaSecurity | undefined
  readonly greeted: readonly GreetedBroker[]
}

/** @throws StepFailure if this connection has no login and the brokers require one */
export function requireNoLogin({ security, greeted }: LoginCheck): void {
  const [first] = greeted
  if (security?.sasl || !first?.hello.hasSasl) return
  const { mechanisms } = first.hello
  const protocol = security?.ssl ? 'SASL_SSL' : 'SASL_PLAINTEXT'
  throw new StepFailure('sasl', {
    text: `${shownAddress(first.address)} requires a login. Choose the security protocol ${protocol}${offered(mechanisms)}.`,
    mechanisms: [...mechanisms],
  })
}

function offered(mechanisms: readonly string[]): string {
  return mechanisms.length === 0 ? '' : `; it offers ${listed(mechanisms)}`
}

/** Step 4: signs in. */
export async function signIn(
  { security, greeted }: LoginCheck,
  connections: Pick<BrokerConnections, 'signIn'>,
): Promise<Finding<undefined>> {
  const sasl = security?.sasl
  const [first] = greeted
  if (!sasl || !first) throw new Error('there is no login to test')
  const mechanism = sasl.mechanism.toUpperCase()
  const { mechanisms } = first.hello
  const at = shownAddress(first.address)
  const facts = { title: `SASL ${mechanism}`, mechanisms: [...mechanisms] }
  const fail = (text: string): StepFailure => new StepFailure('sasl', { ...facts, text })
  const problem = problemBefore(first, { sasl, withoutSasl: security.ssl ? 'SSL' : 'PLAINTEXT' })
  if (problem !== undefined) throw fail(problem)
  try {
    await connections.signIn()
  } catch (error) {
    if (!isRefused(error)) throw error
    const others = mechanisms.filter((one) => one !== mechanism)
    const hint =
      others.length === 0 ? '' : ` It also offers ${listed(others)}, and a user may exist for one mechanism only.`
    throw fail(`${at} refused the user ${sasl.username} with this password. Check both.${hint}`)
  }
  const isReadable = sasl.mechanism === 'plain' && !security.ssl
  const text = `Signed in as ${sasl.username}.${isReadable ? ' PLAIN without TLS sends the password unencrypted.' : ''}`
  return { outcome: { state: isReadable ? 'warning' : 'ok', text, ...facts }, found: undefined }
}

/** What makes a login pointless; one sentence. */
function problemBefore(
  { address, hello: { hasSasl, mechanisms } }: GreetedBroker,
  { sasl, withoutSasl }: { readonly sasl: NonNullable<KafkaSecurity['sasl']>; readonly withoutSasl: string },
): string | undefined {
  const at = shownAddress(address)
  if (!hasSasl) {
    return `${at} does not use SASL. Choose the security protocol ${withoutSasl}, or its port with SASL.`
  }
  const mechanism = sasl.mechanism.toUpperCase()
  if (!mechanisms.includes(mechanism)) return `${at} does not offer ${mechanism}. ${instead(mechanisms)}`
  if (sasl.username === '') return 'Enter the user that ReMo signs in as.'
  return sasl.password === '' ? `Enter the password of ${sasl.username}.` : undefined
}

/** kafkajs gives a connection that ends within a login the same name. */
function isRefused(error: unknown): boolean {
  return isRefusedCredentials(error) && !/clos|time/i.test(error instanceof Error ? error.message : '')
}

function instead(mechanisms: readonly string[]): string {
  const known = mechanisms.filter((one) => kafkaMechanisms.some((known) => known === one))
  if (known.length > 0) return `Choose ${known.join(' or ')}.`
  return `It offers ${listed(mechanisms) || 'none'}, and ReMo signs in with ${kafkaMechanisms.join(', ')}. Ask for a user with one of these.`
}
