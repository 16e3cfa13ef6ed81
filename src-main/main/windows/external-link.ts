/** Documentation that the window may send an operator to. Addresses can come from alert data: nothing else opens. */
const trustedHosts = new Set(['kafka.apache.org', 'prometheus.io', 'www.electronjs.org'])

/** The address to hand to the system's browser, or `undefined` where it must not be opened. */
export function externalLink(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
  return plain && trustedHosts.has(url.hostname) ? url.href : undefined
}
