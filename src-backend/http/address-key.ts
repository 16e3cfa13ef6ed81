import { isIPv6 } from 'node:net'

/** Groups of an IPv6 address that name the network: one host has all of the rest to itself. */
const networkGroups = 4

/** By what an address is counted: an IPv4 address as it is, an IPv6 one by its network (/64). */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [address = ip] = ip.split('%')
  if (!isIPv6(address)) return ip
  const compressed = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = compressed.split('::')
  const left = groups(head)
  const right = groups(tail)
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, networkGroups).join(':')}::/64`
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
