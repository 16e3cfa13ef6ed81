/** Certificates for one test, from `openssl`: Node creates keys, but not certificates. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string
  /** An authority that signed none of them. */
  readonly untrustedCa: string
  readonly untrustedKey: string
  /** Key, certificate of `localhost` (not of its addresses) and authority in one file, as Kafka requires. */
  readonly keystore: string
  readonly clientCert: string
  readonly clientKey: string
}

const openssl = promisify(execFile)
/** Elliptic, because an RSA key takes seconds on a busy machine. */
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export async function makeCertificates(dir: string): Promise<Certificates> {
  const [ca, stranger] = await Promise.all([makeAuthority(dir, 'ca'), makeAuthority(dir, 'stranger-ca')])
  const [server, client] = await Promise.all([
    sign(dir, 'server', 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth'),
    sign(dir, 'client', 'extendedKeyUsage=clientAuth'),
  ])
  const keystore = join(dir, 'keystore.pem')
  writeFileSync(keystore, [server.key, server.cert, ca.cert].map((file) => readFileSync(file, 'utf8')).join(''))
  return {
    ca: ca.cert,
    untrustedCa: stranger.cert,
    untrustedKey: stranger.key,
    keystore,
    clientCert: client.cert,
    clientKey: client.key,
  }
}

interface Pair {
  readonly cert: string
  readonly key: string
}

async function makeAuthority(dir: string, name: string): Promise<Pair> {
  const [key, cert] = [join(dir, `${name}.key`), join(dir, `${name}.pem`)]
  const files = ['-keyout', key, '-out', cert]
  await openssl('openssl', ['req', '-x509', ...newKey, ...files, '-days', '2', '-subj', `/CN=${name}`])
  return { cert, key }
}

/** Signed by `ca`. */
async function sign(dir: string, name: string, extensions: string): Promise<Pair> {
  const path = (ending: string) => join(dir, `${name}.${ending}`)
  writeFileSync(path('ext'), extensions)
  await openssl('openssl', ['req', ...newKey, '-keyout', path('key'), '-out', path('csr'), '-subj', `/CN=${name}`])
  const request = ['-in', path('csr'), '-extfile', path('ext'), '-out', path('pem'), '-days', '2']
  const serial = `0x${randomBytes(8).toString('hex')}`
  const authority = ['-CA', join(dir, 'ca.pem'), '-CAkey', join(dir, 'ca.key'), '-set_serial', serial]
  await openssl('openssl', ['x509', '-req', ...request, ...authority])
  return { cert: path('pem'), key: path('key') }
}
