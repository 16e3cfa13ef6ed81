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

/** By the same codes. */
const advertisedProblems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'which this computer cannot resolve',
  EAI_AGAIN: 'which this computer cannot resolve: no DNS server answers',
  ETIMEOUT: 'which this computer cannot resolve: no DNS server answers',
  ECONNREFUSED: 'where nothing listens',
  timeout: 'which does not answer',
  ETIMEDOUT: 'which does not answer',
  closed: 'which closes the connection',
  ECONNRESET: 'which closes the connection',
  'web-server': 'where no Kafka broker answers',
  'not-kafka': 'where no Kafka broker answers',
  EHOSTUNREACH: 'to which this computer has no network route',
  ENETUNREACH: 'to which this computer has no network route',
}

/** The same about an address that a broker advertises, as the second half of a sentence. */
export function advertisedProblem(error: unknown): string {
  return (
    advertisedProblems[codeOf(error)] ?? `which this computer does not reach: ${messageOf(error).replace(/\.$/, '')}`
  )
}
