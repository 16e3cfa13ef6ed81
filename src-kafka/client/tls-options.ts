import { isIP } from 'node:net'
import tls from 'node:tls'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { trustedAuthorities } from './certificate-authorities.ts'

type Ssl = NonNullable<KafkaSecurity['ssl']>

/** A context takes 20 ms with the authorities of a system. Settings never change, so each has one. */
const contexts = new WeakMap<Ssl, tls.SecureContext>()

/**
 * Options of a TLS connection to this host.
 * @throws if certificate or key are damaged, or do not belong together
 */
export function tlsOptions(ssl: Ssl, host: string): tls.ConnectionOptions {
  return {
    secureContext: contextOf(ssl),
    // With a host name, the broker's certificate is checked, and a server with several certificates picks the right
    // one. An IP address is not a host name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: ssl.verify !== false,
  }
}

function contextOf(ssl: Ssl): tls.SecureContext {
  const known = contexts.get(ssl)
  if (known) return known
  const { ca, cert, key } = ssl
  const context = tls.createSecureContext({
    ca: ca ? [...ca] : trustedAuthorities(),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
  contexts.set(ssl, context)
  return context
}
