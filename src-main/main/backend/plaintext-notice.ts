import type { Notice } from '../app/current-health.ts'

/** Warns if passwords and tokens cross a network unencrypted. Loopback addresses cross no network. */
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
