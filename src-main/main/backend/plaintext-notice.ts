import type { Notice } from '../app/current-health.ts'

/** Said as long as passwords and tokens cross a network in the clear; on this computer they cross none. */
export function plaintextNotice(url: string): Notice | undefined {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname)) return undefined
  return {
    id: 'backend-not-encrypted',
    severity: 'warning',
    text: `The connection to the backend at ${hostname} is not encrypted, so others can read passwords. Use https.`,
  }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}
