import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { certificateFacts, expiresSoonMs, validityText } from '#shared/settings/certificate-facts.ts'
import type { CertificateFacts } from '#shared/settings/connection-test.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { tlsOptions } from '../client/tls-options.ts'
import { type Hello, hello } from './hello.ts'
import { type Address, connectTcp, connectTls, shownAddress } from './probe-connection.ts'
import { isReached, tryEach } from './reach-brokers.ts'
import type { Finding, Outcome } from './step-report.ts'
import type { TestContext } from './test-context.ts'
import { listed, messageOf, withOthers } from './test-sentences.ts'
import {
  certificateSentence,
  clientCertificateSentence,
  handshakeSentence,
  isAboutClientCertificate,
  ownCertificateSentence,
  type RefusedCertificate,
} from './tls-sentences.ts'

/** A broker whose protocol is known. */
export interface GreetedBroker {
  readonly address: Address
  readonly hello: Hello
}

/** What one broker presented. */
interface TlsView {
  /** Such as `TLSv1.3`. */
  readonly protocol: string
  readonly certificate: CertificateFacts | undefined
  /** Why ReMo would refuse it; one sentence. */
  readonly refused: string | undefined
  readonly hello: Hello
}

/** Carries a sentence. */
class TlsRefusal extends Error {
  readonly certificate: CertificateFacts | undefined

  constructor(sentence: string, certificate?: CertificateFacts) {
    super(sentence)
    this.certificate = certificate
  }
}

/** Step 3: the certificate of each broker that accepts connections. Fails if none can be used. */
export async function checkCertificates(
  context: TestContext,
  ssl: NonNullable<KafkaSecurity['ssl']>,
  addresses: readonly Address[],
): Promise<Finding<GreetedBroker[]>> {
  const problem = ownProblem(ssl)
  if (problem !== undefined) return { outcome: { state: 'failed', text: problem }, found: [] }
  const tried = await tryEach(context, addresses, (address) => viewOf(context, ssl, address))
  const views = tried.filter(isReached)
  const failures = tried.flatMap((one) =>
    'error' in one ? [{ address: one.address, text: messageOf(one.error) }] : [],
  )
  const certificates = distinct([
    ...views.map(({ value }) => value.certificate),
    ...tried.map((one) => ('error' in one && one.error instanceof TlsRefusal ? one.error.certificate : undefined)),
  ])
  const found = views.map(({ address, value }) => ({ address, hello: value.hello }))
  const facts = certificates.length === 0 ? {} : { certificates }
  const title = titleOf(views[0]?.value.protocol)
  const [first, ...others] = failures
  if (first) {
    const text = withOthers(
      first.text,
      others.map(({ address }) => shownAddress(address)),
    )
    return { outcome: { state: views.length === 0 ? 'failed' : 'warning', title, text, ...facts }, found }
  }
  return {
    outcome: {
      title,
      ...facts,
      ...accepted(
        views.map(({ value }) => value),
        certificates,
        context.now(),
      ),
    },
    found,
  }
}

function accepted(
  views: readonly TlsView[],
  certificates: readonly CertificateFacts[],
  now: number,
): Pick<Outcome, 'state' | 'text'> {
  const refused = views.find((view) => view.refused !== undefined)?.refused
  if (refused !== undefined) {
    return {
      state: 'warning',
      text: `Certificates are not verified, so anyone in between could read and change everything. ${refused}`.trim(),
    }
  }
  const text = `${listed(certificates.map((one) => shownCertificate(one, now)))}.`
  const isLate = certificates.some(({ validTo }) => validTo - now < expiresSoonMs)
  return { state: isLate ? 'warning' : 'ok', text: isLate ? `${text} Renew it on the broker.` : text }
}

function shownCertificate(certificate: CertificateFacts, now: number): string {
  return `${certificate.subject}, signed by ${certificate.issuer}, ${validityText(certificate, now)}`
}

/**
 * Connects with TLS and greets the broker. With TLS 1.3 a broker refuses the client's certificate only then.
 * @throws an error whose message is one sentence
 */
export async function viewOf(
  context: TestContext,
  ssl: NonNullable<KafkaSecurity['ssl']>,
  address: Address,
): Promise<TlsView> {
  let socket: TLSSocket
  try {
    socket = await connectTls(address, ssl, context.signal)
  } catch (error) {
    const isOwn = isAboutClientCertificate(error)
    throw new TlsRefusal(
      isOwn ? clientCertificateSentence(ssl, address) : await withoutHandshake(context, address, error),
    )
  }
  const certificate = presentedBy(socket)
  try {
    const refused = refusalOf(socket, { ssl, address, certificate })
    if (refused !== undefined && ssl.verify !== false) throw new TlsRefusal(refused, certificate)
    const greeting = await hello(socket, mechanismOf(context), context.signal)
    return {
      protocol: socket.getProtocol() ?? '',
      certificate,
      refused: ssl.verify === false ? (refused ?? '') : undefined,
      hello: greeting,
    }
  } catch (error) {
    if (error instanceof TlsRefusal) throw error
    throw new TlsRefusal(
      isAboutClientCertificate(error)
        ? clientCertificateSentence(ssl, address)
        : `${shownAddress(address)} uses TLS, but does not answer as Kafka does. Check the address and the port.`,
      certificate,
    )
  } finally {
    socket.destroy()
  }
}

/** The mechanism to greet with. A listener without SASL refuses any, and names none. */
export function mechanismOf({ connection }: TestContext): string {
  return connection.security?.sasl?.mechanism.toUpperCase() ?? 'PLAIN'
}

/** What listens there, if it does not complete a handshake. */
async function withoutHandshake(context: TestContext, address: Address, error: unknown): Promise<string> {
  try {
    const socket = await connectTcp(address, context.signal)
    try {
      const { hasSasl } = await hello(socket, mechanismOf(context), context.signal)
      const protocol = hasSasl ? 'SASL_PLAINTEXT' : 'PLAINTEXT'
      return `${shownAddress(address)} does not use TLS. Choose its port with TLS, or the security protocol ${protocol}.`
    } finally {
      socket.destroy()
    }
  } catch (plainError) {
    return handshakeSentence(error, plainError, address)
  }
}

function refusalOf(socket: TLSSocket, of: Omit<RefusedCertificate, 'names'>): string | undefined {
  if (socket.authorized) return undefined
  const names = (certificateOf(socket)?.subjectAltName ?? '')
    .split(', ')
    .flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? [])
  const cause = socket.authorizationError as unknown
  const code = typeof cause === 'string' ? cause : String((cause as { code?: unknown } | null)?.code ?? cause)
  return certificateSentence(code, { ...of, names })
}

function presentedBy(socket: TLSSocket): CertificateFacts | undefined {
  const certificate = certificateOf(socket)
  return certificate && certificateFacts(certificate)
}

/** `getPeerX509Certificate` gives none that failed the verification. */
function certificateOf(socket: TLSSocket): X509Certificate | undefined {
  const raw = (socket.getPeerCertificate() as { readonly raw?: Buffer } | null)?.raw
  return raw && new X509Certificate(raw)
}

/** The client's own certificate and key, or a CA that cannot be read: before anything is connected. */
function ownProblem(ssl: NonNullable<KafkaSecurity['ssl']>): string | undefined {
  try {
    tlsOptions(ssl, 'localhost')
    return undefined
  } catch (error) {
    return ownCertificateSentence(error)
  }
}

function distinct(certificates: ReadonlyArray<CertificateFacts | undefined>): CertificateFacts[] {
  const known = certificates.filter((one) => one !== undefined)
  return [...new Map(known.map((one) => [JSON.stringify(one), one])).values()]
}

function titleOf(protocol: string | undefined): string {
  return protocol?.startsWith('TLSv') ? `TLS ${protocol.slice(4)}` : 'TLS'
}
