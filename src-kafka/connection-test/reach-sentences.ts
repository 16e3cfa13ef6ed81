import { type Address, shownAddress } from './probe-connection.ts'
import { codeOf, messageOf } from './test-sentences.ts'

type Sentence = (address: Address) => string

const noDns: Sentence = ({ host }) =>
  `This computer cannot resolve ${host}, because no DNS server answers. Check the network and the VPN.`
const noRoute: Sentence = (address) =>
  `This computer has no network route to ${shownAddress(address)}. Check the network and the VPN.`
const silent: Sentence = (address) =>
  `${shownAddress(address)} does not answer. Check the network, the VPN and the firewall.`

/** By Node's code for sockets and lookups, or the code of a `ProbeError`. */
const sentences: Readonly<Record<string, Sentence>> = {
  ENOTFOUND: ({ host }) => `This computer cannot resolve ${host}. Check the spelling, the network and the VPN.`,
  EAI_AGAIN: noDns,
  ETIMEOUT: noDns,
  ECONNREFUSED: (address) => `Nothing listens on ${shownAddress(address)}. Check the port, and that Kafka is running.`,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: noRoute,
  ETIMEDOUT: silent,
  timeout: silent,
  ECONNRESET: (address) =>
    `${shownAddress(address)} closes connections at once. Check that Kafka is running, and for a proxy in between.`,
  closed: (address) =>
    `${shownAddress(address)} closes connections at once. Check that Kafka is running, and for a proxy in between.`,
}

/** Why a name does not resolve or an address does not accept connections, and what to do. */
export function reachSentence(error: unknown, address: Address): string {
  const sentence = sentences[codeOf(error)]
  return sentence ? sentence(address) : `Cannot connect to ${shownAddress(address)}: ${messageOf(error)}`
}

/** The same about an address that a broker advertises, as the second half of a sentence. */
export function advertisedProblem(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOTFOUND') return 'which this computer cannot resolve'
  if (code === 'EAI_AGAIN' || code === 'ETIMEOUT') return 'which this computer cannot resolve: no DNS server answers'
  if (code === 'ECONNREFUSED') return 'where nothing listens'
  if (code === 'timeout' || code === 'ETIMEDOUT') return 'which does not answer'
  if (code === 'closed' || code === 'ECONNRESET') return 'which closes the connection'
  if (code === 'web-server' || code === 'not-kafka') return 'where no Kafka broker answers'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'to which this computer has no network route'
  return `which this computer does not reach: ${messageOf(error).slice(0, -1)}`
}
