/** `problem`: one sentence that says what was meant. `notes`: what was changed to understand the text, one sentence each. */
export type BrokerListResult =
  | { readonly ok: true; readonly brokers: readonly string[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string }

type OneBroker =
  | { readonly ok: true; readonly broker: string; readonly note?: string }
  | { readonly ok: false; readonly problem: string }

/** Protocols that people write in front of an address, as Kafka's listeners have them. */
const protocolBefore = /^([a-z][a-z0-9+._-]*):\/+/i
const defaultPort = 9092

/**
 * Brokers as typed: `host:port`, separated by commas, semicolons, spaces or lines. What can be understood is accepted
 * and normalized: a protocol or a path is dropped, a host name becomes lower case and ASCII (IDN), an IPv6 address gets
 * its brackets, a broker that is named twice counts once.
 */
export function parseBrokers(text: string): BrokerListResult {
  const entries = text.split(/[\s,;]+/).filter((entry) => entry !== '')
  if (entries.length === 0)
    return { ok: false, problem: 'Enter at least one broker, such as kafka-1.example.com:9092.' }
  const brokers: string[] = []
  const notes: string[] = []
  for (const entry of entries) {
    const read = parseBroker(entry)
    if (!read.ok) return read
    if (!brokers.includes(read.broker)) brokers.push(read.broker)
    if (read.note !== undefined) notes.push(read.note)
  }
  return { ok: true, brokers, notes }
}

function parseBroker(entry: string): OneBroker {
  const [scheme = '', protocol] = protocolBefore.exec(entry) ?? []
  const rest = entry.slice(scheme.length)
  // It may hold a password, so the text is not repeated.
  if (rest.includes('@')) {
    return wrong('A broker contains an @: leave out what precedes it. User and password have fields of their own.')
  }
  const address = rest.replace(/[/?#].*$/, '')
  const { host, port } = split(address)
  const name = normalHost(host)
  const problem = name === undefined ? hostProblem(host) : portProblem(port, name)
  if (problem !== undefined) return wrong(`${entry}: ${problem}`)
  const broker = `${name}:${Number(port)}`
  if (protocol === undefined && rest === address) return { ok: true, broker }
  const dropped = protocol === undefined ? 'what follows the port' : `${protocol}://`
  return { ok: true, broker, note: `${entry} is read as ${broker}: brokers are written without ${dropped}.` }
}

function portProblem(port: string, name: string): string | undefined {
  if (port === '') return `the port is missing. Write ${name}:${defaultPort}, if Kafka listens on its usual port.`
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return undefined
  return `${port} is not a port. Write a number from 1 to 65535 after ${name}.`
}

function wrong(problem: string): OneBroker {
  return { ok: false, problem }
}

/** An IPv6 address without brackets has no port: its last group is not one. */
function split(address: string): { readonly host: string; readonly port: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(address)
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' }
  if (isIpv6(address)) return { host: address, port: '' }
  const at = address.indexOf(':')
  return at < 0 ? { host: address, port: '' } : { host: address.slice(0, at), port: address.slice(at + 1) }
}

/** The host as it is connected to, `undefined` if it is none. */
function normalHost(host: string): string | undefined {
  if (isIpv6(host)) return `[${host.toLowerCase()}]`
  if (/^[\d.]+$/.test(host)) return isIpv4(host) ? host : undefined
  const name = (/^[\0-\x7f]*$/.test(host) ? host : asciiName(host))?.toLowerCase().replace(/\.$/, '')
  const isName = name?.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  return name !== undefined && isName && name.length <= 253 ? name : undefined
}

/** The URL parser of the WHATWG, which each program has. The types of this folder have no web APIs. */
declare const URL: new (url: string) => { readonly hostname: string }

/** An international name as DNS has it (IDNA): `xn--…`. */
function asciiName(host: string): string | undefined {
  if (/[\s/?#@:%\\]/.test(host)) return undefined
  try {
    return new URL(`http://${host}`).hostname
  } catch {
    return undefined
  }
}

function hostProblem(host: string): string {
  if (host === '') return `the host is missing. Write host:port, such as kafka-1.example.com:${defaultPort}.`
  if (/^[\d.]+$/.test(host)) return `${host} is not an IPv4 address. It has four numbers from 0 to 255.`
  if (host.includes(':')) {
    return `${host} is not an IPv6 address. Write it in brackets, such as [2001:db8::1]:${defaultPort}.`
  }
  return `${host} is not a host name. Use letters, digits, dashes and dots.`
}

function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

/** RFC 4291, section 2.2: eight groups, or fewer with one `::`; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const ipv4 = /:(\d+\.[\d.]+)$/.exec(text)?.[1] ?? ''
  if (!text.includes(':') || (ipv4 !== '' && !isIpv4(ipv4))) return false
  const [before, after, ...more] = (ipv4 === '' ? text : `${text.slice(0, -ipv4.length)}0:0`).split('::')
  const left = groupsOf(before ?? '')
  const right = groupsOf(after ?? '')
  const count = left.length + right.length
  const isWhole = after === undefined ? count === 8 : more.length === 0 && count <= 7
  return isWhole && [...left, ...right].every((group) => /^[\da-f]{1,4}$/i.test(group))
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
