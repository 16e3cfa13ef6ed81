import { readFileSync } from 'node:fs'
import tls from 'node:tls'

/**
 * Where Linux keeps its authorities as one file: Debian, Ubuntu, Arch and Alpine; Fedora and RHEL; openSUSE; the link
 * that several of them share. The same list as Go's (crypto/x509/root_linux.go).
 */
const bundleFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Sources of authorities. Replaced in tests. */
export interface AuthoritySources {
  /** Absent before Node 22.15: then the platform's store is read from the files of Linux. */
  readonly getCACertificates?: (type: 'default' | 'system') => readonly string[]
  readonly bundled: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** @throws if there is no such file */
  readonly readText: (path: string) => string
}

export const thisComputer = (): AuthoritySources => ({
  ...('getCACertificates' in tls ? { getCACertificates: (type) => tls.getCACertificates(type) } : {}),
  bundled: tls.rootCertificates,
  env: process.env,
  readText: (path) => readFileSync(path, 'utf8'),
})

/**
 * The authorities of a connection that names none: those of Node, of `NODE_EXTRA_CA_CERTS`, and of the platform's store
 * (`SSL_CERT_FILE` replaces its file, as in OpenSSL). PEM texts, each once. What cannot be read is left out.
 */
export function trustedAuthorities(sources: AuthoritySources = thisComputer()): string[] {
  const { getCACertificates, bundled, env } = sources
  const extra = env['NODE_EXTRA_CA_CERTS']
  const found = [
    ...(getCACertificates ? orNone(() => getCACertificates('default')) : bundled),
    // Electron may have started without it: it is read here in any case.
    ...(extra ? certificatesIn(sources, [extra]) : []),
    ...(getCACertificates ? orNone(() => getCACertificates('system')) : []),
    ...certificatesIn(sources, env['SSL_CERT_FILE'] ? [env['SSL_CERT_FILE']] : bundleFiles),
  ]
  return [...new Set(found.map((pem) => pem.trim()))]
}

/** Certificates of the first file that has some. */
function certificatesIn({ readText }: AuthoritySources, paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    const found = orNone(() => readText(path).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
    if (found.length > 0) return found
  }
  return []
}

/** A store that cannot be read has none. */
function orNone(read: () => readonly string[]): readonly string[] {
  try {
    return read()
  } catch {
    return []
  }
}
